import { expect, test } from 'vitest';
import { PLANTED_BUGS } from './planted/planted-bugs.js';
import { catchAll } from './planted/planted-pool.js';

/** Every fourth bug; `npm run figures:planted` plants them all, and shows that nothing is held against the sound engine. */
const SAMPLE = PLANTED_BUGS.filter((_, i) => i % 4 === 1);

test('a quarter of the planted bugs is caught, each by the case that is known to catch it', async () => {
  const results = await catchAll(SAMPLE, { processes: 2, timeoutMs: 120_000, fallback: [] });
  expect(results.filter(({ caughtBy, invalid }) => caughtBy === undefined || invalid !== undefined)).toEqual(
    [],
  );
  expect(results).toHaveLength(SAMPLE.length);
}, 600_000);

test('the case that catches a bug passes a sound engine', async () => {
  const sound = ['random stores', 'full disk', 'epochs', 'session', 'facts of frames', 'golden stores'];
  const bugs = sound.map((by) => ({ name: by, by }));
  const results = await catchAll(bugs, { processes: 2, timeoutMs: 120_000, fallback: [] });
  expect(results).toEqual(sound.map((name) => ({ name })));
}, 600_000);
