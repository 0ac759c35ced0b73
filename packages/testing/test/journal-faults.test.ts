import { afterAll, expect, test } from 'vitest';
import {
  type CrashReport,
  enumerateCrashes,
  enumerateFaults,
  type FaultReport,
  formatCrashReports,
  formatFaultReports,
} from '../src/index.js';
import { type JournalStep, journalStudy } from './studies/journal-study.js';

const reports: CrashReport[] = [];
const faultReports: FaultReport[] = [];
afterAll(() => console.log(`${formatCrashReports(reports)}\n${formatFaultReports(faultReports)}`));

const STUDIES: Readonly<Record<string, readonly JournalStep[]>> = {
  'journal: create, append': ['append', 'append', 'append'],
  'journal: unsynced edits': [
    'append unsynced',
    'append unsynced',
    'append',
    'append unsynced',
    'sync',
    'append unsynced',
  ],
  'journal: rewrite': ['append', 'append', 'rewrite', 'append', 'rewrite'],
  'journal: close, reopen': [
    'append',
    'append unsynced',
    'reopen',
    'append unsynced',
    'append large',
    'reopen',
    'append',
  ],
};

test.each(Object.entries(STUDIES))('%s survives every crash', async (name, steps) => {
  const report = await enumerateCrashes(journalStudy(name, steps), { depth: 1 });
  expect(report.violations[0]?.timeline).toBeUndefined();
  expect(report.distinctStates).toBeGreaterThan(20);
  reports.push(report);
});

test.each(Object.entries(STUDIES))('%s copes with every failing call', async (name, steps) => {
  const report = await enumerateFaults(journalStudy(name, steps));
  expect(report.violations.map((one) => one.timeline)).toEqual([]);
  expect(report.covered).toBe(report.cells);
  faultReports.push(report);
});
