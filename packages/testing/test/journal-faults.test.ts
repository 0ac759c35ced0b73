import { crc32 } from 'node:zlib';
import { type Checksum, Journal, type JournalOptions } from '@seglog/core';
import { describe, expect, test } from 'vitest';
import { type FaultRule, SimulatedDisk } from '../src/index.js';

const checksum: Checksum = {
  id: 2,
  name: 'crc32',
  of: (source, start, end, seed) => (start === end ? seed : crc32(source.subarray(start, end), seed)),
};

const optionsOn = (disk: SimulatedDisk): JournalOptions => ({
  prefix: 'MANIFEST',
  checksum,
  random: disk.random,
});

/** A journal with one edit, and faults that hit what comes after it. */
async function journalWith(fault: FaultRule): Promise<{ disk: SimulatedDisk; journal: Journal }> {
  const disk = new SimulatedDisk({ seed: 1, faults: [{ path: /MANIFEST-1/, ...fault }] });
  const journal = await Journal.create(disk.root, optionsOn(disk), ['first']);
  return { disk, journal };
}

async function editsOn(disk: SimulatedDisk): Promise<readonly unknown[]> {
  const { journal, edits } = await Journal.open(disk.root, optionsOn(disk));
  await journal.close();
  return edits.flat();
}

describe('a journal on a disk that fails', () => {
  test.each([
    ['write', { call: 'write', skip: 2, effect: { kind: 'error', errno: 'EIO' } }],
    ['sync', { call: 'sync', skip: 1, effect: { kind: 'error', errno: 'EIO' } }],
  ] as const)('is poisoned by a failed %s, and does not try again', async (call, fault) => {
    const { disk, journal } = await journalWith(fault);
    await expect(journal.append(['second'])).rejects.toMatchObject({ code: 'STORAGE' });
    const calls = disk.trace.length;
    await expect(journal.append(['third'])).rejects.toMatchObject({ code: 'LOG_POISONED' });
    await expect(journal.rewrite(['third'])).rejects.toMatchObject({ code: 'LOG_POISONED' });
    await journal.close();
    expect(disk.trace.slice(calls).filter((entry) => entry.call === call)).toEqual([]);
    expect([['first'], ['first', 'second']]).toContainEqual(await editsOn(disk));
  });

  test('a full disk takes an append back, and the next one works', async () => {
    const { disk, journal } = await journalWith({
      call: 'write',
      skip: 2,
      effect: { kind: 'short', bytes: 30, errno: 'ENOSPC' },
    });
    await expect(journal.append(['second'])).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    await journal.append(['third']);
    await journal.close();
    expect(await editsOn(disk)).toEqual(['first', 'third']);
  });

  test('a mark that finds no room changes nothing', async () => {
    const { disk, journal } = await journalWith({
      call: 'write',
      skip: 3,
      effect: { kind: 'short', bytes: 10, errno: 'ENOSPC' },
    });
    await journal.append(['second']);
    await journal.append(['third']);
    await journal.close();
    expect(await editsOn(disk)).toEqual(['first', 'second', 'third']);
  });

  test('a full disk stops a rewrite and leaves the journal as it was', async () => {
    const { disk, journal } = await journalWith({
      path: /MANIFEST-2/,
      call: 'write',
      effect: { kind: 'error', errno: 'ENOSPC' },
    });
    await expect(journal.rewrite(['snapshot'])).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    await journal.append(['second']);
    await journal.rewrite(['snapshot']);
    await journal.append(['third']);
    await journal.close();
    expect(await editsOn(disk)).toEqual(['snapshot', 'third']);
  });

  test('a rename that failed or happened all the same leaves the old edits or the new ones', async () => {
    for (const applied of [false, true]) {
      const { disk, journal } = await journalWith({
        path: /CURRENT/,
        call: 'rename',
        skip: 1,
        effect: { kind: 'error', errno: 'EIO', applied },
      });
      await expect(journal.rewrite(['snapshot'])).rejects.toMatchObject({ code: 'STORAGE' });
      await expect(journal.append(['second'])).rejects.toMatchObject({ code: 'LOG_POISONED' });
      await journal.close();
      expect(await editsOn(disk)).toEqual([applied ? 'snapshot' : 'first']);
    }
  });
});
