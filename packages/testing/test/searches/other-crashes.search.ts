import { afterAll, test } from 'vitest';
import { enumerateCrashes, walkCrashes } from '../../src/index.js';
import { JOURNAL_STUDIES, journalStudy } from '../studies/journal-study.js';
import { SESSION_STUDY } from '../studies/session-study.js';
import { TOPICS_STUDY } from '../studies/topics-study.js';
import { CrashCounts } from './crash-counts.js';
import { PLAN } from './search-plan.js';

const counts = new CrashCounts();
afterAll(() => counts.leave('other-crashes'));

test.each(Object.entries(JOURNAL_STUDIES))('%s survives every crash of its recovery', async (name, steps) => {
  counts.enumerated(
    await enumerateCrashes(journalStudy(name, steps), { depth: 2, seed: PLAN.seed, shard: PLAN.shard }),
  );
});

test('the session of a data root survives every crash of its recovery', async () => {
  counts.enumerated(
    await enumerateCrashes(SESSION_STUDY, {
      depth: 2,
      profile: 'hostile',
      seed: PLAN.seed,
      shard: PLAN.shard,
    }),
  );
});

test('topics survive every crash', async () => {
  for (const seed of PLAN.seeds) {
    counts.enumerated(await enumerateCrashes(TOPICS_STUDY, { seed, shard: PLAN.shard }));
  }
});

test('topics survive crashes in a row, anywhere', async () => {
  counts.walked(
    await walkCrashes(TOPICS_STUDY, { walks: PLAN.scaled(1_000), depth: PLAN.walkDepth, seed: PLAN.seed }),
  );
});
