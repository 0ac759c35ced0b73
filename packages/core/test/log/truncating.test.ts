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

  test.each(Array.from({ length: 60 }, (_, turns) => turns))(
    'lets go those who wait for what it removes to become durable, %d turns after it began',
    async (turns) => {
      const { log } = await openOn(new MemoryDirectory(), { parts: { syncPolicy: syncNever() } });
      await log.append([record('a'), record('b'), record('c')], { acknowledge: 'written' });
      const cut = log.truncateAfter(0);
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      await Promise.all([log.sync(), log.whenDurable(3), cut]);
      expect(log.offsets()).toMatchObject({ logEnd: 1, durable: 1 });
      await log.close();
    },
  );

  test('lets those wait on who wait for records that are to come', async () => {
    const { log } = await openOn(new MemoryDirectory(), { parts: { syncPolicy: syncNever() } });
    await log.append([record('a')], { acknowledge: 'written' });
    let durable = false;
    const waitForFuture = async (): Promise<void> => {
      await log.whenDurable(3);
      durable = true;
    };
    const future = waitForFuture();
    await log.truncateAfter(-1);
    await log.append([record('b'), record('c')], { acknowledge: 'synced' });
    expect(durable).toBe(false);
    await log.append([record('d')], { acknowledge: 'written' });
    await future;
    expect(log.offsets()).toMatchObject({ logEnd: 3, durable: 3 });
    await log.close();
  });
});
