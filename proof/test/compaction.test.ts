import { expect, test } from 'vitest';
import { measureManyKeys, measureReaders, measureSpeed } from '../src/compaction/compaction-figures.js';

test('what is left of a log takes about the room of a fresh one', async () => {
  const { recordsPerSecond, survivors, diskRatio } = await measureSpeed(20_000);
  expect(recordsPerSecond).toBeGreaterThan(0);
  expect(survivors).toBeGreaterThan(0.08);
  expect(survivors).toBeLessThan(0.12);
  expect(diskRatio).toBeLessThan(1.1);
});

test('a map that is full keeps its bound, and later passes go on', async () => {
  const { passes, largestMapBytes, removed } = await measureManyKeys(5000, 100_000);
  expect(passes).toBeGreaterThan(1);
  expect(largestMapBytes).toBeGreaterThan(0);
  expect(largestMapBytes).toBeLessThanOrEqual(100_000);
  expect(removed).toBe(1000);
});

test('readers see every record in order while everything under them is cleaned', async () => {
  const { recordsRead, compactions, violations } = await measureReaders(1500);
  expect(violations).toBe(0);
  expect(compactions).toBeGreaterThan(0);
  expect(recordsRead).toBeGreaterThan(0);
});
