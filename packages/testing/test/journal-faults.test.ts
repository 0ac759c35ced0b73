import { afterAll, expect, test } from 'vitest';
import {
  type CrashReport,
  enumerateCrashes,
  enumerateFaults,
  type FaultReport,
  formatCrashReports,
  formatFaultReports,
} from '../src/index.js';
import { JOURNAL_STUDIES, journalStudy } from './studies/journal-study.js';

const reports: CrashReport[] = [];
const faultReports: FaultReport[] = [];
afterAll(() => console.log(`${formatCrashReports(reports)}\n${formatFaultReports(faultReports)}`));

test.each(Object.entries(JOURNAL_STUDIES))('%s survives every crash', async (name, steps) => {
  const report = await enumerateCrashes(journalStudy(name, steps), { depth: 1 });
  expect(report.violations[0]?.timeline).toBeUndefined();
  expect(report.distinctStates).toBeGreaterThan(20);
  reports.push(report);
});

test.each(Object.entries(JOURNAL_STUDIES))('%s copes with every failing call', async (name, steps) => {
  const report = await enumerateFaults(journalStudy(name, steps));
  expect(report.violations.map((one) => one.timeline)).toEqual([]);
  expect(report.covered).toBe(report.cells);
  faultReports.push(report);
});
