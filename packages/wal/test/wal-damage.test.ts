import { MemoryDirectory, type StorageDirectory, type WalRecord } from '@seglog/core';
import { copyDirectory, expectCode, flipBits } from '@seglog/testing';
import { describe, expect, test } from 'vitest';
import { flippedWal } from './studies/wal-damage.js';
import { payloadOf } from './studies/wal-study.js';
import { openWal, type WalBench } from './wal-bench.js';

test.each([true, false])(
  'no flipped bit shows as a wrong byte or a silent loss, closed %s',
  async (closed) => {
    const report = await flipBits(flippedWal({ closed }), { stride: 997 });
    expect(report.wrong).toEqual([]);
    expect(report.tried).toBeGreaterThan(30);
  },
);

/** Three sealed segments with two records each, and an active one. */
async function threeSegments(root: MemoryDirectory): Promise<void> {
  const bench = await openWal(root);
  for (let i = 0; i < 6; i += 1) {
    await bench.wal.append(payloadOf(i, 60));
    if (i % 2 === 1) await bench.wal.roll();
  }
  await bench.close();
}

async function segmentsOf(directory: StorageDirectory): Promise<readonly string[]> {
  const names = (await directory.list()).map(({ name }) => name);
  return names.filter((name) => name.endsWith('.log')).toSorted();
}

async function flip(directory: StorageDirectory, name: string, position: number): Promise<void> {
  const reader = await directory.openReader(name, { sealed: false, writtenBytes: () => 2 ** 20 });
  const [byte = 0] = await reader.read(position, new Uint8Array(1));
  await reader.close();
  const file = await directory.open(name);
  await file.write(position, [Uint8Array.of(byte ^ 1)]);
  await file.sync();
  await file.close();
}

async function replayed({ wal }: WalBench): Promise<{ numbers: number[]; gaps: number }> {
  const found: WalRecord[] = [];
  const { gaps } = await wal.replay((record) => found.push(record));
  return {
    numbers: found.map(({ payload }) => Number.parseInt(Buffer.from(payload).toString(), 10)),
    gaps: gaps.length,
  };
}

describe('a damaged segment in the middle', () => {
  test('stops the replay at the damage: what lies behind is not applied over a gap', async () => {
    const root = new MemoryDirectory();
    await threeSegments(root);
    const directory = await root.directory('wal', { create: false });
    await flip(directory, (await segmentsOf(directory))[1] ?? '', 260);
    const bench = await openWal(root);
    const before: number[] = [];
    await expectCode('CORRUPT_SEGMENT', () =>
      bench.wal.replay(({ payload }) => before.push(Number.parseInt(Buffer.from(payload).toString(), 10))),
    );
    expect(Math.max(-1, ...before)).toBeLessThan(4);
    await bench.close();
  });

  test('is stepped over and reported by a log that was opened to salvage', async () => {
    const root = new MemoryDirectory();
    await threeSegments(root);
    const directory = await root.directory('wal', { create: false });
    await flip(directory, (await segmentsOf(directory))[1] ?? '', 260);
    const bench = await openWal(root, { settings: { onCorruption: 'salvage' } });
    const { numbers, gaps } = await replayed(bench);
    expect(numbers).toContain(4);
    expect(numbers).not.toContain(2);
    expect(gaps).toBe(1);
    await bench.close();
  });

  test('a segment that is missing is an error, not a shorter log', async () => {
    const root = new MemoryDirectory();
    await threeSegments(root);
    const directory = await root.directory('wal', { create: false });
    await directory.remove((await segmentsOf(directory))[1] ?? '');
    await expectCode('MISSING_SEGMENT', () => openWal(root));
  });

  test('a segment of an older life of the log is no segment of it', async () => {
    const root = new MemoryDirectory();
    await threeSegments(root);
    const directory = await root.directory('wal', { create: false });
    const [first = '', second = ''] = await segmentsOf(directory);
    await directory.rename(first, second);
    await expectCode('MISSING_SEGMENT', () => openWal(root));
  });
});

test('zeros that were written ahead, and bytes of before, are never records', async () => {
  const root = new MemoryDirectory();
  const first = await openWal(root, { settings: { preallocateBytes: 4096 } });
  for (let i = 0; i < 5; i += 1) await first.wal.append(payloadOf(i, 100));
  await first.wal.release(first.wal.marks().end);
  for (let i = 5; i < 8; i += 1) await first.wal.append(payloadOf(i, 100));
  // The process is killed here: its zeros stay behind.
  const second = await openWal(await copyDirectory(root));
  expect((await replayed(second)).numbers).toEqual([5, 6, 7]);
  await second.close();
  await first.close();
});
