import { enumerateCrashes, enumerateFaults, walkCrashes } from '@seglog/testing';
import { recordFigures } from '@seglog/tools';
import { afterAll, expect, test } from 'vitest';
import { AheadModel } from '../ahead-model.js';
import { AHEAD_STUDIES } from '../ahead-studies.js';
import { aheadStudy } from '../ahead-study.js';

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
    counts['ahead.commands'] === 100_000;
  if (whole) recordFigures(counts, { command: 'npm run test:ci', seed: 1 });
});

function requireSound(report: Awaited<ReturnType<typeof enumerateCrashes>>): void {
  counts['ahead.crash.states'] += report.states;
  counts['ahead.crash.violations'] += report.violations.length;
  expect(report.violations[0]?.timeline).toBeUndefined();
  expect(report.aborted).toBe(false);
}

/** One point in fifty-three: all of them take an hour. */
test.each(AHEAD_STUDIES)('$name survives crashes', async (study) => {
  requireSound(await enumerateCrashes(aheadStudy(study), { shard: { index: 5, count: 53 } }));
});

test.each(AHEAD_STUDIES)('$name survives crashes of its recoveries, anywhere', async (study) => {
  requireSound(await walkCrashes(aheadStudy(study), { walks: 150, depth: 3 }));
});

test('an engine that writes ahead copes with every failing call', async () => {
  const study = AHEAD_STUDIES.find(({ name }) => name === 'ahead: failing calls');
  if (study === undefined) throw new Error('there is no such study');
  const report = await enumerateFaults(aheadStudy(study));
  counts['ahead.errno.cells'] += report.cells;
  expect(report.violations.map((one) => one.timeline)).toEqual([]);
});

/** 100,000 commands over producers and transactions, with a power cut after some forty of them. */
test.each([11, 12, 13, 14, 15, 16, 17, 18, 19, 20])(
  'random commands leave what the model holds, seed %i',
  async (seed) => {
    await new AheadModel(seed).run(10_000);
    counts['ahead.commands'] += 10_000;
  },
);
