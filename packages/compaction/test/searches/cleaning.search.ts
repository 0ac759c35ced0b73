import { enumerateCrashes, walkCrashes } from '@seglog/testing';
import { recordFigures } from '@seglog/tools';
import { afterAll, expect, test } from 'vitest';
import { runCleaningModel } from '../cleaning-model.js';
import { CLEANING_STUDIES } from '../cleaning-studies.js';
import { cleaningStudy } from '../cleaning-study.js';

const found = { states: 0, violations: 0, commands: 0 };

afterAll(() => {
  const values = {
    'cleaning.crashStates': found.states,
    'cleaning.violations': found.violations,
    'cleaning.modelCommands': found.commands,
  };
  recordFigures(values, { command: 'npm run test:ci' });
});

test.each(CLEANING_STUDIES)('$name survives every crash', async (study) => {
  const report = await enumerateCrashes(cleaningStudy(study), { profile: 'strict' });
  found.states += report.distinctStates;
  found.violations += report.violations.length;
  expect(report.violations[0]?.timeline).toBeUndefined();
  expect(report.aborted).toBe(false);
});

test.each(CLEANING_STUDIES)('$name survives three crashes in a row, anywhere', async (study) => {
  const report = await walkCrashes(cleaningStudy(study), { walks: 400, depth: 3, hostile: true });
  found.states += report.distinctStates;
  found.violations += report.violations.length;
  expect(report.violations[0]?.timeline).toBeUndefined();
});

test('a map of the log is what it was, for many more commands, from a seed of today', async () => {
  const seed = Date.now() % 2 ** 31;
  found.commands = await runCleaningModel({ runs: 1100, maxCommands: 200, seed });
  console.log(`cleaning model: ${found.commands} commands, seed ${seed}`);
  expect(found.commands).toBeGreaterThan(100_000);
});
