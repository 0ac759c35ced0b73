import { enumerateCrashes, enumerateFaults, walkCrashes } from '@seglog/testing';
import { recordSearch, searchPlan } from '@seglog/tools';
import { afterAll, expect, test } from 'vitest';
import { runCleaningModel } from '../cleaning-model.js';
import { CLEANING_STUDIES } from '../cleaning-studies.js';
import { cleaningStudy } from '../cleaning-study.js';

const PLAN = searchPlan();
const found = { states: 0, violations: 0, faults: 0, commands: 0 };

afterAll(() => {
  const values = {
    'cleaning.crashStates': found.states,
    'cleaning.faultCells': found.faults,
    'cleaning.violations': found.violations,
    'cleaning.modelCommands': found.commands,
  };
  recordSearch(values);
});

test.each(CLEANING_STUDIES)('$name survives every crash', async (study) => {
  for (const seed of PLAN.seeds) {
    const report = await enumerateCrashes(cleaningStudy(study), { seed, shard: PLAN.shard });
    found.states += report.distinctStates;
    found.violations += report.violations.length;
    expect(report.violations[0]?.timeline).toBeUndefined();
    expect(report.aborted).toBe(false);
  }
});

test.each(CLEANING_STUDIES)('$name survives crashes in a row, anywhere', async (study) => {
  const options = { walks: PLAN.scaled(400), depth: PLAN.walkDepth, hostile: true, seed: PLAN.seed };
  const report = await walkCrashes(cleaningStudy(study), options);
  found.states += report.distinctStates;
  found.violations += report.violations.length;
  expect(report.violations[0]?.timeline).toBeUndefined();
});

/** A fault is followed by a workload of its own: the small ones will do. */
const SMALL = CLEANING_STUDIES.filter(({ steps }) => steps.length <= 5);

test.each(SMALL)('$name copes with every failing call', async (study) => {
  const report = await enumerateFaults(cleaningStudy(study), { seed: PLAN.seed });
  found.faults += report.covered;
  found.violations += report.violations.length;
  expect(report.violations.map(({ timeline }) => timeline)).toEqual([]);
  expect(report.covered).toBe(report.cells);
});

test('a map of the log is what it was, for many more commands, from a seed of today', async () => {
  const seed = Date.now() % 2 ** 31;
  found.commands = await runCleaningModel({ runs: PLAN.scaled(2300), maxCommands: 200, seed });
  console.log(`cleaning model: ${found.commands} commands, seed ${seed}`);
  // How many commands a run takes is chance: a search that was cut short may have few.
  expect(found.commands).toBeGreaterThan(PLAN.scale < 1 ? 0 : PLAN.scaled(100_000));
});
