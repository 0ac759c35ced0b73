import { afterAll, expect, test } from 'vitest';
import { type CrashReport, enumerateCrashes, formatCrashReports } from '../src/index.js';
import { LOG_STUDIES } from './studies/log-studies.js';
import { logStudy } from './studies/log-study.js';

const reports: CrashReport[] = [];
afterAll(() => console.log(formatCrashReports(reports)));

test.each(LOG_STUDIES.map((study) => [study.name, study] as const))(
  '%s survives every crash',
  async (_, study) => {
    const report = await enumerateCrashes(logStudy(study));
    expect(report.violations[0]?.timeline).toBeUndefined();
    expect(report.distinctStates).toBeGreaterThan(20);
    reports.push(report);
  },
);
