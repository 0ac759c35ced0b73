import { enumerateCrashes, enumerateFaults, flipBits, omitSyncs, walkCrashes } from '@seglog/testing';
import { recordSearch, searchPlan } from '@seglog/tools';
import { afterAll, expect, test } from 'vitest';
import { flippedWal } from '../studies/wal-damage.js';
import { WAL_STUDIES } from '../studies/wal-studies.js';
import { walStudy } from '../studies/wal-study.js';

const PLAN = searchPlan();
const counts = { 'wal.crash.states': 0, 'wal.crash.violations': 0, 'wal.errno.cells': 0, 'wal.bits': 0 };
afterAll(() => {
  // A part of the search says nothing about the whole.
  const whole = counts['wal.crash.states'] > 0 && counts['wal.errno.cells'] > 0 && counts['wal.bits'] > 0;
  if (whole) recordSearch(counts);
});

function requireSound(report: Awaited<ReturnType<typeof enumerateCrashes>>): void {
  counts['wal.crash.states'] += report.states;
  counts['wal.crash.violations'] += report.violations.length;
  expect(report.violations[0]?.timeline).toBeUndefined();
  expect(report.aborted).toBe(false);
}

test.each(WAL_STUDIES.slice(0, 1))(
  '$name survives every crash, and every crash of its recovery',
  async (study) => {
    const { seed, shard } = PLAN;
    requireSound(await enumerateCrashes(walStudy(study), { depth: 2, nestedProfile: 'prefix', seed, shard }));
  },
);

test.each(WAL_STUDIES)('$name survives crashes in a row, anywhere', async (study) => {
  const options = { walks: PLAN.scaled(1_500), depth: PLAN.walkDepth, hostile: true, seed: PLAN.seed };
  requireSound(await walkCrashes(walStudy(study), options));
});

test.each(WAL_STUDIES)('$name copes with every failing call', async (study) => {
  const report = await enumerateFaults(walStudy(study), { seed: PLAN.seed });
  counts['wal.errno.cells'] += report.cells;
  expect(report.violations.map((one) => one.timeline)).toEqual([]);
  expect(report.covered).toBe(report.cells);
});

test('no flipped bit of a write-ahead log shows as a wrong byte or a silent loss', async () => {
  const report = await flipBits(flippedWal({ closed: true }));
  counts['wal.bits'] += report.tried;
  expect(report.wrong).toEqual([]);
});

/** Both slots of SESSION say the same, and its name is synced twice; a clean close syncs what is synced. */
const NEEDLESS: readonly RegExp[] = [
  /^sync SESSION$/,
  /^syncDirectory \.$/,
  /^sync wal\/\d+-\w+\.log$/,
  /^syncDirectory wal$/,
];

test('the crash search notices when a sync is left out', async () => {
  const [study] = WAL_STUDIES;
  if (study === undefined) throw new Error('there are studies');
  const omitted = await omitSyncs(walStudy(study));
  const unnoticed = omitted.filter(({ violation }) => violation === undefined);
  expect(unnoticed.filter(({ call }) => !NEEDLESS.some((one) => one.test(call)))).toEqual([]);
  expect(omitted.length - unnoticed.length).toBeGreaterThan(unnoticed.length);
});
