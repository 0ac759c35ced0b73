import { afterAll, expect, test } from 'vitest';
import { enumerateFaults, type FaultReport, formatFaultReports } from '../src/index.js';
import { LOG_FAULT_STUDIES } from './studies/log-fault-studies.js';
import { logStudy } from './studies/log-study.js';

const reports: FaultReport[] = [];
afterAll(() => console.log(formatFaultReports(reports)));

/** The first of them; `npm run test:ci` takes all. */
test.each(LOG_FAULT_STUDIES.slice(0, 1))('$name copes with every failing call', async (study) => {
  const report = await enumerateFaults(logStudy(study));
  expect(report.violations.map((one) => one.timeline)).toEqual([]);
  expect(report.covered).toBe(report.cells);
  reports.push(report);
});
