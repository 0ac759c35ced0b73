import { afterAll, beforeAll, expect, test } from 'vitest';
import { omitSyncs, StudyCrew } from '../../src/index.js';
import { LOG_STUDIES } from '../studies/log-studies.js';
import { logStudy } from '../studies/log-study.js';
import { SMALL_LOG_STUDIES } from '../studies/small-log-studies.js';
import { CrashCounts } from './crash-counts.js';
import { PLAN } from './search-plan.js';

const counts = new CrashCounts();
let crew: StudyCrew;
beforeAll(() => {
  crew = new StudyCrew(new URL('../crew/log-worker.mjs', import.meta.url));
});
afterAll(async () => {
  await crew.close();
  counts.leave('log-crashes');
});

test.each(SMALL_LOG_STUDIES)(
  '$name survives every crash, and every crash of its recovery',
  async ({ name }) => {
    const report = await crew.enumerateCrashes(name, { depth: 2, seed: PLAN.seed, shard: PLAN.shard });
    counts.enumerated(report);
    expect(report.maxDepth).toBe(2);
  },
);

test.each(LOG_STUDIES)('$name survives every crash', async ({ name }) => {
  for (const seed of PLAN.seeds) {
    counts.enumerated(await crew.enumerateCrashes(name, { seed, shard: PLAN.shard }));
  }
});

test.each(LOG_STUDIES)('$name survives crashes in a row, anywhere', async ({ name }) => {
  const options = { walks: PLAN.scaled(1_600), depth: PLAN.walkDepth, hostile: true, seed: PLAN.seed };
  counts.walked(await crew.walkCrashes(name, options));
});

test.each([1, 2, 3, 4])('calls that overtake each other change nothing, order %i', async (order) => {
  const options = { seed: PLAN.seed + order, completions: 'seeded' } as const;
  counts.enumerated(await crew.enumerateCrashes('log: group commit', options));
});

/** Both slots of SESSION say the same; a clean close syncs what is synced; what was removed may come back and go again. */
const NEEDLESS: readonly RegExp[] = [
  /^sync SESSION$/,
  /^syncDirectory \.$/,
  /^sync log\/\d+-\w+\.log$/,
  /^syncDirectory log$/,
];

test.each(SMALL_LOG_STUDIES.slice(0, 3))('$name notices that a sync is left out', async (study) => {
  const omitted = await omitSyncs(logStudy(study));
  const unnoticed = omitted.filter(({ violation }) => violation === undefined);
  expect(unnoticed.filter(({ call }) => !NEEDLESS.some((one) => one.test(call)))).toEqual([]);
  expect(omitted.length - unnoticed.length).toBeGreaterThan(unnoticed.length);
});
