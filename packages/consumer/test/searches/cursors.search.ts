import { enumerateCrashes, walkCrashes } from '@seglog/testing';
import { recordSearch, searchPlan } from '@seglog/tools';
import { expect, test } from 'vitest';
import { cursorStudy } from '../cursor-study.js';

test('cursors survive every crash, and crashes in a row anywhere', async () => {
  const { seed, shard, walkDepth, scaled } = searchPlan();
  const every = await enumerateCrashes(cursorStudy, { seed, shard });
  const options = { walks: scaled(800), depth: walkDepth, hostile: true, seed };
  const walks = await walkCrashes(cursorStudy, options);
  const violations = [...every.violations, ...walks.violations];
  const values = {
    'cursors.crashStates': every.distinctStates + walks.distinctStates,
    'cursors.violations': violations.length,
  };
  recordSearch(values);
  expect(violations[0]?.timeline).toBeUndefined();
  expect(every.aborted).toBe(false);
});
