import { enumerateCrashes } from '@seglog/testing';
import { expect, test } from 'vitest';
import { cursorStudy } from './cursor-study.js';

test('a crash of commits and consumers leaves every cursor that was told, and none that nobody asked for', async () => {
  const report = await enumerateCrashes(cursorStudy, { profile: 'prefix' });
  expect(report.violations[0]?.timeline).toBeUndefined();
  expect(report.distinctStates).toBeGreaterThan(100);
});
