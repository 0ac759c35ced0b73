import { catchAll, misplaced } from '@seglog/tools';
import { expect, test } from 'vitest';
import { PLANTED_BUGS, PLANTED_CASES } from './planted/planted-bugs.js';

/** A few of them: `npm run test:ci` plants them all, and shows that nothing is held against the sound engine. */
const SAMPLE = PLANTED_BUGS.filter((_, i) => i % 40 === 1);

test('every planted bug changes a text that stands exactly once in its source', () => {
  expect(misplaced(PLANTED_BUGS)).toEqual([]);
});

test('some of the planted bugs are caught, each by the case that is known to catch it', async () => {
  const results = await catchAll(SAMPLE, {
    cases: PLANTED_CASES,
    processes: 2,
    timeoutMs: 120_000,
    fallback: [],
  });
  expect(results.filter(({ caughtBy, invalid }) => caughtBy === undefined || invalid !== undefined)).toEqual(
    [],
  );
  expect(results).toHaveLength(SAMPLE.length);
}, 600_000);
