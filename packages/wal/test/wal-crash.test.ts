import { enumerateCrashes, enumerateFaults } from '@seglog/testing';
import { expect, test } from 'vitest';
import { WAL_STUDIES } from './studies/wal-studies.js';
import { walStudy } from './studies/wal-study.js';

test.each(WAL_STUDIES)('$name survives every crash', async (study) => {
  const report = await enumerateCrashes(walStudy(study));
  expect(report.violations[0]?.timeline).toBeUndefined();
  expect(report.aborted).toBe(false);
  expect(report.distinctStates).toBeGreaterThan(30);
});

/** The first of them; `npm run test:ci` takes all. */
test.each(WAL_STUDIES.slice(0, 1))('$name copes with every failing call', async (study) => {
  const report = await enumerateFaults(walStudy(study));
  expect(report.violations.map((one) => one.timeline)).toEqual([]);
  expect(report.covered).toBe(report.cells);
});
