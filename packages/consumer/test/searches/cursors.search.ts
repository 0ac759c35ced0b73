import { enumerateCrashes, walkCrashes } from '@seglog/testing';
import { recordFigures } from '@seglog/tools';
import { expect, test } from 'vitest';
import { cursorStudy } from '../cursor-study.js';

test('cursors survive every crash, and three in a row anywhere', async () => {
  const every = await enumerateCrashes(cursorStudy, { profile: 'strict' });
  const walks = await walkCrashes(cursorStudy, { walks: 800, depth: 3, hostile: true });
  const violations = [...every.violations, ...walks.violations];
  const values = {
    'cursors.crashStates': every.distinctStates + walks.distinctStates,
    'cursors.violations': violations.length,
  };
  recordFigures(values, { command: 'npm run test:ci' });
  expect(violations[0]?.timeline).toBeUndefined();
  expect(every.aborted).toBe(false);
});
