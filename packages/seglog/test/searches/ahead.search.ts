import { type CrashReport, StudyCrew } from '@seglog/testing';
import { recordSearch, searchPlan } from '@seglog/tools';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AheadModel } from '../ahead-model.js';
import { AHEAD_STUDIES } from '../ahead-studies.js';

const PLAN = searchPlan();
/** All that a crash at one moment in so many may leave: all moments take half an hour, and a long search takes it. */
const SHARDS = PLAN.scale > 1 ? 1 : 37;
/** Noted when an engine and its topics are made. Studies begin in the same way: the first one tries that beginning. */
const BEGINNING = 2;
const COMMANDS = 10_000;
const MODELS = Array.from({ length: PLAN.scaled(10) }, (_, i) => 10 + PLAN.seed + i);

let crew: StudyCrew;
const counts = {
  'ahead.commands': 0,
  'ahead.crash.points': 0,
  'ahead.crash.states': 0,
  'ahead.crash.violations': 0,
  'ahead.errno.cells': 0,
};
beforeAll(() => {
  crew = new StudyCrew(new URL('../crew/ahead-worker.mjs', import.meta.url));
});
afterAll(async () => {
  await crew.close();
  // A part of the search says nothing about the whole.
  const whole =
    counts['ahead.crash.states'] > 0 &&
    counts['ahead.errno.cells'] > 0 &&
    counts['ahead.commands'] === MODELS.length * COMMANDS;
  if (whole) recordSearch(counts);
});

function requireSound(report: CrashReport): void {
  counts['ahead.crash.states'] += report.states;
  counts['ahead.crash.violations'] += report.violations.length;
  expect(report.violations[0]?.timeline).toBeUndefined();
  expect(report.aborted).toBe(false);
}

const fromFactOf = (name: string): number => (name === AHEAD_STUDIES[0]?.name ? 0 : BEGINNING);

/** Every moment, with all that was pending kept but for one change. */
test.each(AHEAD_STUDIES)('$name survives a crash at any moment', async ({ name }) => {
  const options = { fromFact: fromFactOf(name), profile: 'drop-one', seed: PLAN.seed } as const;
  const report = await crew.enumerateCrashes(name, options);
  requireSound(report);
  counts['ahead.crash.points'] += report.crashPoints;
});

test.each(AHEAD_STUDIES)('$name survives all that a crash may leave', async ({ name }) => {
  const fromFact = SHARDS === 1 ? fromFactOf(name) : 0;
  const shard = { index: 5 % SHARDS, count: SHARDS };
  requireSound(await crew.enumerateCrashes(name, { fromFact, shard, seed: PLAN.seed }));
});

test.each(AHEAD_STUDIES)('$name survives crashes of its recoveries, anywhere', async ({ name }) => {
  const options = { walks: PLAN.scaled(150), depth: PLAN.walkDepth, seed: PLAN.seed };
  requireSound(await crew.walkCrashes(name, options));
});

test.each([1, 2, 3])('calls that overtake each other change nothing, order %i', async (order) => {
  const options = { fromFact: BEGINNING, seed: PLAN.seed + order, completions: 'seeded' } as const;
  requireSound(await crew.enumerateCrashes('ahead: checkpoint', { ...options, profile: 'prefix' }));
});

test('an engine that writes ahead copes with every failing call', async () => {
  const report = await crew.enumerateFaults('ahead: failing calls', { seed: PLAN.seed });
  counts['ahead.errno.cells'] += report.cells;
  expect(report.violations.map((one) => one.timeline)).toEqual([]);
  expect(report.covered).toBe(report.cells);
});

/** Commands over producers and transactions, with a power cut after some forty of them. */
test.each(MODELS)('random commands leave what the model holds, seed %i', async (seed) => {
  await new AheadModel(seed).run(COMMANDS);
  counts['ahead.commands'] += COMMANDS;
});
