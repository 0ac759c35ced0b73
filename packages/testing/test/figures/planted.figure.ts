import { availableParallelism } from 'node:os';
import { catchAll, type PlantedResult, recordFigures } from '@seglog/tools';
import { expect, test } from 'vitest';
import { CASE_NAMES } from '../planted/catching-cases.js';
import { PLANTED_BUGS, PLANTED_CASES } from '../planted/planted-bugs.js';

/** Part of a name: only these bugs, and every case is tried on them. */
const only = process.env['SEGLOG_PLANTED'];

/** Engines with one bug each, and what notices it: every bug must be noticed, and the sound engine must pass every case. */
test('every planted bug is caught, and nothing is held against the sound engine', async () => {
  const bugs = PLANTED_BUGS.filter(({ name }) => only === undefined || name.includes(only));
  const sound = CASE_NAMES.map((name) => ({ name: `sound: ${name}`, by: name }));
  const options = {
    cases: PLANTED_CASES,
    processes: availableParallelism(),
    timeoutMs: 300_000,
    onResult: print,
  };
  const caught = await catchAll(bugs, { ...options, fallback: only === undefined ? [] : CASE_NAMES });
  const passed = only === undefined ? await catchAll(sound, { ...options, fallback: [] }) : [];
  expect(caught.filter(({ invalid }) => invalid !== undefined)).toEqual([]);
  expect(caught.filter(({ caughtBy }) => caughtBy === undefined)).toEqual([]);
  expect(passed.filter(({ caughtBy, invalid }) => caughtBy !== undefined || invalid !== undefined)).toEqual(
    [],
  );
  if (only !== undefined) return;
  const figures = {
    'planted.bugs': bugs.length,
    'planted.caught': caught.length,
    'planted.cases': sound.length,
  };
  recordFigures(figures, { command: 'npm run figures:planted' });
});

const print = (result: PlantedResult, elapsedMs: number): void => console.log(line(result, elapsedMs));

function line({ name, caughtBy, message, invalid }: PlantedResult, elapsedMs: number): string {
  const how = invalid === undefined ? (caughtBy ?? 'nothing') : `INVALID ${invalid}`;
  const why = message?.split('\n')[0]?.slice(0, 100) ?? '';
  return `${name.padEnd(72)} ${how.padEnd(26)} ${String(Math.round(elapsedMs)).padStart(7)} ms  ${why}`;
}
