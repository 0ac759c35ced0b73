import { catchAll, misplaced } from '@seglog/tools';
import { expect, test } from 'vitest';
import { AHEAD_BUGS, AHEAD_CASES_MODULE } from './planted/ahead-bugs.js';

/** Two of them: `npm run test:ci` plants them all. */
const SAMPLE = AHEAD_BUGS.filter(({ by }) => by === 'full disk');

test('every bug that is planted in write-ahead logs changes a text that stands exactly once in its source', () => {
  expect(misplaced(AHEAD_BUGS)).toEqual([]);
});

test('some of the bugs that are planted in write-ahead logs are caught', async () => {
  const options = { cases: AHEAD_CASES_MODULE, processes: 1, timeoutMs: 120_000, fallback: [] };
  const results = await catchAll(SAMPLE, options);
  expect(results.filter(({ caughtBy, invalid }) => caughtBy === undefined || invalid !== undefined)).toEqual(
    [],
  );
  expect(results).toHaveLength(2);
}, 300_000);
