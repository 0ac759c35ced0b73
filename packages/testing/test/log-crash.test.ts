import { afterAll, expect, test } from 'vitest';
import { type CrashReport, enumerateCrashes, formatCrashReports } from '../src/index.js';
import { LOG_STUDIES } from './studies/log-studies.js';
import { logStudy } from './studies/log-study.js';

const reports: CrashReport[] = [];
afterAll(() => console.log(formatCrashReports(reports)));

test.each(LOG_STUDIES)('$name survives every crash', async (study) => {
  const report = await enumerateCrashes(logStudy(study));
  expect(report.violations[0]?.timeline).toBeUndefined();
  expect(report.distinctStates).toBeGreaterThan(20);
  reports.push(report);
});
