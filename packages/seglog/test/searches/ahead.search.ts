import { enumerateCrashes, enumerateFaults, walkCrashes } from '@seglog/testing';
import { recordSearch, searchPlan } from '@seglog/tools';
import { afterAll, expect, test } from 'vitest';
import { AheadModel } from '../ahead-model.js';
import { AHEAD_STUDIES } from '../ahead-studies.js';
import { aheadStudy } from '../ahead-study.js';

const PLAN = searchPlan();
/** One crash point in so many: all of them take an hour. */
const SHARDS = Math.max(1, Math.round(53 / PLAN.scale));
const COMMANDS = 10_000;
const MODELS = Array.from({ length: PLAN.scaled(10) }, (_, i) => 10 + PLAN.seed + i);

const counts = {
  'ahead.commands': 0,
  'ahead.crash.states': 0,
  'ahead.crash.violations': 0,
  'ahead.errno.cells': 0,
};
afterAll(() => {
  // A part of the search says nothing about the whole.
  const whole =
    counts['ahead.crash.states'] > 0 &&
    counts['ahead.errno.cells'] > 0 &&
    counts['ahead.commands'] === MODELS.length * COMMANDS;
  if (whole) recordSearch(counts);
});

function requireSound(report: Awaited<ReturnType<typeof enumerateCrashes>>): void {
  counts['ahead.crash.states'] += report.states;
  counts['ahead.crash.violations'] += report.violations.length;
  expect(report.violations[0]?.timeline).toBeUndefined();
  expect(report.aborted).toBe(false);
}

test.each(AHEAD_STUDIES)('$name survives crashes', async (study) => {
  const shard = { index: 5 % SHARDS, count: SHARDS };
  requireSound(await enumerateCrashes(aheadStudy(study), { shard, seed: PLAN.seed }));
});

test.each(AHEAD_STUDIES)('$name survives crashes of its recoveries, anywhere', async (study) => {
  const options = { walks: PLAN.scaled(150), depth: PLAN.walkDepth, seed: PLAN.seed };
  requireSound(await walkCrashes(aheadStudy(study), options));
});

test('an engine that writes ahead copes with every failing call', async () => {
  const study = AHEAD_STUDIES.find(({ name }) => name === 'ahead: failing calls');
  if (study === undefined) throw new Error('there is no such study');
  const report = await enumerateFaults(aheadStudy(study), { seed: PLAN.seed });
  counts['ahead.errno.cells'] += report.cells;
  expect(report.violations.map((one) => one.timeline)).toEqual([]);
});

/** Commands over producers and transactions, with a power cut after some forty of them. */
test.each(MODELS)('random commands leave what the model holds, seed %i', async (seed) => {
  await new AheadModel(seed).run(COMMANDS);
  counts['ahead.commands'] += COMMANDS;
});
