import { enumerateCrashes } from '@seglog/testing';
import { expect, test } from 'vitest';
import { AHEAD_STUDIES } from './ahead-studies.js';
import { aheadStudy } from './ahead-study.js';

// A few crash points of each, so that all of them fit into a test run; `npm run test:ci` takes many more.
test.each(AHEAD_STUDIES)('$name survives crashes', async (study) => {
  const report = await enumerateCrashes(aheadStudy(study), { shard: { index: 97, count: 151 } });
  expect(report.violations[0]?.timeline).toBeUndefined();
  expect(report.distinctStates).toBeGreaterThan(1);
});
