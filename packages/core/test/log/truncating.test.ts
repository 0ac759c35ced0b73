import { describe, expect, test } from 'vitest';
import { groupCommit, MemoryDirectory, syncNever } from '../../src/index.js';
import { allOf, openOn, record } from './log-bench.js';

describe('a truncation', () => {
  test('leaves nobody waiting for records that it removes', async () => {
    const parts = { syncPolicy: groupCommit({ maxDelayMs: 5 }) };
    const { log } = await openOn(new MemoryDirectory(), { parts });
    const appends = Array.from({ length: 20 }, (_, i) => log.append([record(`v${i}`)]));
    await log.truncateAfter(9);
    const results = await Promise.all(appends);
    expect(results.at(-1)).toMatchObject({ lastOffset: 19, durability: 'synced' });
    expect((await allOf(log)).length).toBe(10);
    await log.close();
  });

  test('answers those who asked for a sync that no policy would give', async () => {
    const { log } = await openOn(new MemoryDirectory(), { parts: { syncPolicy: syncNever() } });
    const append = log.append([record('a')], { acknowledge: 'synced' });
    await Promise.all([log.truncateAfter(-1), append]);
    expect(log.offsets()).toMatchObject({ logEnd: 0, durable: 0 });
    await log.close();
  });
});
