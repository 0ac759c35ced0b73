import { availableParallelism } from 'node:os';
import { catchAll, type PlantedResult, recordFigures } from '@seglog/tools';
import { expect, test } from 'vitest';
import { AHEAD_STUDIES } from '../ahead-studies.js';
import { AHEAD_BUGS, AHEAD_CASES_MODULE } from '../planted/ahead-bugs.js';
import { AHEAD_CASES } from '../planted/ahead-cases.js';

const OPTIONS = {
  cases: AHEAD_CASES_MODULE,
  processes: availableParallelism(),
  timeoutMs: 300_000,
  fallback: [],
  onResult: ({ name, caughtBy, message, invalid }: PlantedResult, elapsedMs: number): void =>
    console.log(
      `${name}: ${invalid ?? caughtBy ?? 'nothing'}, ${Math.round(elapsedMs)} ms, ${message ?? ''}`,
    ),
};

test('every bug that is planted in the write-ahead log is caught, and nothing is held against the sound one', async () => {
  const caught = await catchAll(AHEAD_BUGS, OPTIONS);
  expect(caught.filter(({ caughtBy, invalid }) => caughtBy === undefined || invalid !== undefined)).toEqual(
    [],
  );
  // The searches beside this one carry out the studies.
  const cases = AHEAD_CASES.filter((name) => AHEAD_STUDIES.every((study) => study.name !== name));
  const sound = cases.map((name) => ({ name: `sound: ${name}`, by: name }));
  const passed = await catchAll(sound, OPTIONS);
  expect(passed.filter(({ caughtBy, invalid }) => caughtBy !== undefined || invalid !== undefined)).toEqual(
    [],
  );
  const figures = { 'planted.ahead.bugs': AHEAD_BUGS.length, 'planted.ahead.caught': caught.length };
  recordFigures(figures, { command: 'npm run test:ci' });
});
