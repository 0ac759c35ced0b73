import {
  type LogSettings,
  MemoryDirectory,
  type PartitionLog,
  type RecordInput,
  type StorageDirectory,
  syncNever,
} from '@seglog/core';
import { describe, expect, test } from 'vitest';
import {
  contentOf,
  copyDirectory,
  expectCode,
  FaultyDirectory,
  LogWorkbench,
  putFile,
} from '../src/index.js';

const HEADER = 128;
const SETTINGS: Partial<LogSettings> = {
  indexIntervalBytes: 1,
  preallocateBytes: 0,
  watermarkDelayMs: 60_000,
};
const makings = { settings: SETTINGS };

const text = (offset: number): string => `record ${offset} `.padEnd(150, '.');
const record = (offset: number): RecordInput => ({
  value: new TextEncoder().encode(text(offset)),
  timestampMs: offset,
});

async function appendTo(log: PartitionLog, end: number): Promise<void> {
  for (let i = log.offsets().logEnd; i < end; i++) await log.append([record(i)]);
}

async function offsetsOf(log: PartitionLog): Promise<readonly number[]> {
  const offsets: number[] = [];
  await log.scan(log.offsets().logStart, ({ offset, value }) => {
    expect(new TextDecoder().decode(value ?? undefined)).toBe(text(offset));
    offsets.push(offset);
  });
  return offsets;
}

const upTo = (end: number): readonly number[] => Array.from({ length: end }, (_, i) => i);

async function segmentsOf(directory: StorageDirectory, suffix = '.log'): Promise<readonly string[]> {
  const names = (await directory.list()).map(({ name }) => name);
  return names.filter((name) => name.endsWith(suffix)).toSorted();
}

/** What a killed process leaves of a log, its active segment changed. */
async function killedAnd(
  bench: LogWorkbench,
  change: (bytes: Uint8Array) => Uint8Array,
): Promise<MemoryDirectory> {
  const left = await copyDirectory(bench.root);
  const directory = await left.directory('log', { create: false });
  const name = (await segmentsOf(directory)).at(-1) ?? '';
  const bytes = change(await contentOf(directory, name));
  await directory.remove(name);
  await putFile(directory, name, bytes);
  return left;
}

async function filled(end: number): Promise<LogWorkbench> {
  const bench = await LogWorkbench.open(new MemoryDirectory(), makings);
  await appendTo(bench.log, end);
  return bench;
}

describe('the next offset follows the last valid frame', () => {
  test('wherever the segment is cut, when every frame is in the index', async () => {
    const bench = await filled(8);
    const { bytes } = bench.log.stats();
    const frame = bytes / 8;
    for (let cut = HEADER; cut <= HEADER + bytes; cut += 13) {
      const left = await killedAnd(bench, (all) => all.subarray(0, cut));
      const { log, ...again } = await LogWorkbench.open(left, makings);
      const whole = Math.floor((cut - HEADER) / frame);
      expect((await log.append([record(whole)])).baseOffset).toBe(whole);
      expect(await offsetsOf(log)).toEqual(upTo(whole + 1));
      await log.close();
      expect(again.report.scannedBytes).toBe(Math.round(whole * frame));
    }
    await bench.dispose();
  });

  test('when the index reaches beyond the end of the log', async () => {
    const bench = await filled(8);
    const killed = await copyDirectory(bench.root);
    await bench.close();
    const [index = ''] = await segmentsOf(bench.directory, '.idx');
    const longer = await contentOf(bench.directory, index);
    for (const kept of [0, 100, 500, 900]) {
      const left = await copyDirectory(killed);
      const directory = await left.directory('log', { create: false });
      await putFile(directory, index, longer);
      const [segment = ''] = await segmentsOf(directory);
      const bytes = await contentOf(directory, segment);
      await directory.remove(segment);
      await putFile(directory, segment, bytes.subarray(0, HEADER + kept));
      const again = await LogWorkbench.open(left, makings);
      const { logEnd } = again.log.offsets();
      expect(logEnd).toBeLessThan(8);
      await appendTo(again.log, 12);
      expect(await offsetsOf(again.log)).toEqual(upTo(12));
      for (let i = 0; i < 12; i++) expect(await again.log.offsetForTimestamp(i)).toBe(i);
      await again.close();
    }
  });
});

describe('an index is never more than a help', () => {
  test('it is not written before the frames that it describes are sealed or settled, and nothing waits for it', async () => {
    const root = new FaultyDirectory(new MemoryDirectory());
    const { log, ...bench } = await LogWorkbench.open(root, makings);
    root.faults.inject({ call: ['create', 'write', 'sync'], name: /\.idx/, times: Number.POSITIVE_INFINITY });
    await appendTo(log, 10);
    await log.sync();
    expect(root.faults.failed).toBe(0);
    await log.roll();
    await appendTo(log, 20);
    await log.close();
    expect(root.faults.failed).toBeGreaterThan(0);
    root.faults.heal();
    expect((await bench.directory.list()).some(({ name }) => name.endsWith('.idx'))).toBe(false);
  });

  test('stray bytes at its end misplace nothing, before and after more appends', async () => {
    const bench = await filled(8);
    await bench.close();
    const [index = ''] = await segmentsOf(bench.directory, '.idx');
    const bytes = await contentOf(bench.directory, index);
    await bench.directory.remove(index);
    await putFile(bench.directory, index, Uint8Array.from([...bytes, 1, 2, 3, 4, 5]));
    for (const end of [8, 13, 20]) {
      const again = await LogWorkbench.open(bench.root, makings);
      await appendTo(again.log, end);
      for (let i = 0; i < end; i++) expect((await again.log.read(i)).records[0]?.offset).toBe(i);
      await again.close();
    }
  });
});

describe('damage is told from the end of the log', () => {
  test('in a sealed segment it is never passed over', async () => {
    const bench = await filled(6);
    await bench.log.roll();
    await appendTo(bench.log, 8);
    await bench.close();
    const [sealed = ''] = await segmentsOf(bench.directory);
    const bytes = await contentOf(bench.directory, sealed);
    for (let at = 0; at < bytes.length; at += 19) {
      const left = await copyDirectory(bench.root);
      const directory = await left.directory('log', { create: false });
      await directory.remove(sealed);
      await putFile(
        directory,
        sealed,
        bytes.map((byte, i) => (i === at ? byte ^ 4 : byte)),
      );
      const { log } = await LogWorkbench.open(left, makings);
      await expectCode('CORRUPT_SEGMENT', () => offsetsOf(log));
      expect((await log.read(6)).records.length).toBe(2);
      await log.close();
    }
  });

  test('a frame of another segment, or of another place, is none, and zeros are no frame', async () => {
    const bench = await filled(4);
    await bench.log.roll();
    await appendTo(bench.log, 8);
    await bench.close();
    const [first = '', second = ''] = await segmentsOf(bench.directory);
    const foreign = await contentOf(bench.directory, first);
    const own = await contentOf(bench.directory, second);
    const frame = (own.length - HEADER) / 4;
    const changes: readonly ((bytes: Uint8Array) => void)[] = [
      (bytes) => bytes.set(foreign.subarray(HEADER, HEADER + frame), HEADER),
      (bytes) => bytes.copyWithin(HEADER + frame, HEADER, HEADER + frame),
      (bytes) => bytes.fill(0, HEADER + frame, HEADER + 2 * frame),
    ];
    for (const change of changes) {
      const bytes = Uint8Array.from(own);
      change(bytes);
      const left = await copyDirectory(bench.root);
      const directory = await left.directory('log', { create: false });
      await directory.remove(second);
      await putFile(directory, second, bytes);
      const { log } = await LogWorkbench.open(left, makings);
      await expectCode('CORRUPT_SEGMENT', () => offsetsOf(log));
      await log.close();
    }
  });

  test('a length that is not true cuts nothing that was synced, and is never followed', async () => {
    const bench = await filled(8);
    const frame = bench.log.stats().bytes / 8;
    for (let at = 0; at < 60; at++) {
      const left = await killedAnd(bench, (all) => {
        all.fill(0xff, HEADER + 2 * frame + at, HEADER + 2 * frame + at + 4);
        return all;
      });
      const before = await copyDirectory(left);
      await expectCode('CORRUPT_SEGMENT', () => LogWorkbench.open(left, makings));
      const [segment = ''] = await segmentsOf(await left.directory('log', { create: false }));
      for (const root of [left, before]) {
        const directory = await root.directory('log', { create: false });
        expect((await contentOf(directory, segment)).length).toBe(HEADER + 8 * frame);
      }
      const salvaged = await LogWorkbench.open(left, { settings: { ...SETTINGS, onCorruption: 'salvage' } });
      const found = await offsetsOf(salvaged.log);
      expect(found).toEqual(upTo(8).filter((offset) => offset !== 2));
      await salvaged.close();
    }
    await bench.dispose();
  });

  test('offsets go up: a frame that came before does not count again', async () => {
    const bench = await filled(8);
    const frame = bench.log.stats().bytes / 8;
    for (const again of [0, 3, 7]) {
      const left = await killedAnd(bench, (all) => {
        const start = HEADER + again * frame;
        return Uint8Array.from([...all, ...all.subarray(start, start + frame)]);
      });
      const opened = await LogWorkbench.open(left, { settings: { ...SETTINGS, onCorruption: 'salvage' } });
      expect(await offsetsOf(opened.log)).toEqual(upTo(8));
      expect((await opened.log.append([record(8)])).baseOffset).toBe(8);
      await opened.close();
    }
    await bench.dispose();
  });
});

describe('what failed leaves no trace', () => {
  test('a write that found no room leaves no entry, no torn bytes and no hole', async () => {
    const root = new FaultyDirectory(new MemoryDirectory());
    const { log } = await LogWorkbench.open(root, makings);
    for (let i = 0; i < 30; i++) {
      root.faults.inject({ call: 'write', name: /\.log$/, code: 'STORAGE_FULL', partialBytes: i * 7 });
      await expectCode('STORAGE_FULL', () => log.append([record(99), record(99), record(99)]));
      await appendTo(log, i + 1);
      expect((await log.read(i)).records[0]?.offset).toBe(i);
      expect(await log.offsetForTimestamp(i)).toBe(i);
    }
    expect(await offsetsOf(log)).toEqual(upTo(30));
    const again = await LogWorkbench.open(await copyDirectory(root), makings);
    expect(await offsetsOf(again.log)).toEqual(upTo(30));
    await again.close();
    await log.close();
  });

  test('nothing is acknowledged after a sync that failed, however well the next one goes', async () => {
    const root = new FaultyDirectory(new MemoryDirectory());
    const { log } = await LogWorkbench.open(root, makings);
    await appendTo(log, 3);
    root.faults.inject({ call: 'sync', name: /\.log$/ });
    await expectCode('APPEND_UNKNOWN', () => log.append([record(3)]));
    root.faults.heal();
    await expectCode('LOG_POISONED', () => log.append([record(4)]));
    expect(log.offsets().durable).toBe(3);
    expect(await offsetsOf(log)).toEqual(upTo(3));
    await log.close().catch(() => undefined);
  });

  test('readers choose: what a crash would take back is not shown to those who ask for durable records', async () => {
    const { log } = await LogWorkbench.open(new MemoryDirectory(), {
      settings: SETTINGS,
      parts: { syncPolicy: syncNever() },
    });
    await appendTo(log, 5);
    expect(log.offsets()).toEqual({ logStart: 0, highWatermark: 5, durable: 0, logEnd: 5 });
    expect((await log.read(0, { isolation: 'durable' })).records).toEqual([]);
    const follower = log.tail(0, { isolation: 'durable' })[Symbol.asyncIterator]();
    const first = follower.next();
    await log.sync();
    expect((await first).value?.offset).toBe(0);
    expect((await log.read(0, { isolation: 'durable' })).records.length).toBe(5);
    await log.close();
  });
});
