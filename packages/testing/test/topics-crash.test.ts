import { expect, test } from 'vitest';
import { enumerateCrashes } from '../src/index.js';
import { TOPICS_STUDY } from './studies/topics-study.js';

test('every crash leaves each topic whole or not at all, and nothing of a deleted one', async () => {
  const report = await enumerateCrashes(TOPICS_STUDY);
  expect(report.violations[0]?.timeline).toBeUndefined();
  expect(report.distinctStates).toBeGreaterThan(500);
});
