import { afterAll, beforeAll, expect, test } from 'vitest';
import { enumerateFaults, type FaultReport, formatFaultReports, StudyCrew } from '../../src/index.js';
import { FAULT_STUDIES } from '../studies/all-log-studies.js';
import { logStudy } from '../studies/log-study.js';
import { leaveCounts, PLAN } from './search-plan.js';

const reports: FaultReport[] = [];
const sum = (of: (report: FaultReport) => number): number =>
  reports.reduce((total, report) => total + of(report), 0);

/** Undefined where the process is looked at while it searches: workers would be out of sight. */
let crew: StudyCrew | undefined;
beforeAll(() => {
  if (process.env['SEGLOG_SEARCH_IN_PROCESS'] !== undefined) return;
  crew = new StudyCrew(new URL('../crew/log-worker.mjs', import.meta.url));
});
afterAll(async () => {
  await crew?.close();
  const counts = {
    'errno.workloads': reports.length,
    'errno.cells': sum(({ cells }) => cells),
    'errno.covered': sum(({ covered }) => covered),
    'errno.violations': sum(({ violations }) => violations.length),
  };
  leaveCounts('log-faults', counts, formatFaultReports(reports));
});

test.each(FAULT_STUDIES)('$name: every call fails in every way, and nothing is lost', async (study) => {
  const options = { seed: PLAN.seed };
  const report = await (crew?.enumerateFaults(study.name, options) ??
    enumerateFaults(logStudy(study), options));
  reports.push(report);
  expect(report.violations.map((one) => one.timeline)).toEqual([]);
  expect(report.covered).toBe(report.cells);
});
