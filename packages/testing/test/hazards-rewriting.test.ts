import {
  type LogSettings,
  MemoryDirectory,
  type PartitionLog,
  type RecordInput,
  SeglogError,
} from '@seglog/core';
import { describe, expect, test } from 'vitest';
import {
  contentOf,
  copyDirectory,
  expectCode,
  type FaultyCall,
  FaultyDirectory,
  LogWorkbench,
  putFile,
} from '../src/index.js';

const SETTINGS: Partial<LogSettings> = { indexIntervalBytes: 1, preallocateBytes: 0, deleteDelayMs: 0 };
const makings = { settings: SETTINGS };
const MUTATING: readonly FaultyCall[] = [
  'create',
  'rename',
  'remove',
  'write',
  'truncate',
  'sync',
  'syncDirectory',
];

const text = (offset: number): string => `record ${offset} `.padEnd(60, '.');
const record = (offset: number): RecordInput => ({
  value: new TextEncoder().encode(text(offset)),
  timestampMs: 1000 - offset,
});

/** Three segments of ten records and an active one of five. */
async function segmented(root = new FaultyDirectory(new MemoryDirectory())): Promise<LogWorkbench> {
  const bench = await LogWorkbench.open(root, makings);
  for (let i = 0; i < 35; i++) {
    await bench.log.append([record(i)]);
    if (i % 10 === 9) await bench.log.roll();
  }
  return bench;
}

async function offsetsOf(log: PartitionLog): Promise<readonly number[]> {
  const offsets: number[] = [];
  await log.scan(log.offsets().logStart, ({ offset, value }) => {
    expect(new TextDecoder().decode(value ?? undefined)).toBe(text(offset));
    offsets.push(offset);
  });
  return offsets;
}

const ALL = Array.from({ length: 35 }, (_, i) => i);
/** What a compaction of the three sealed segments leaves: nothing of the first, the odd ones of the others. */
const isKept = (offset: number): boolean => offset >= 30 || (offset >= 10 && offset % 2 === 1);
const KEPT = ALL.filter(isKept);

async function compact({ log }: LogWorkbench): Promise<void> {
  const { maintenance } = log;
  const sealed = maintenance.segments().filter((segment) => segment.sealed);
  await maintenance.rewrite(sealed.slice(0, 1), () => false);
  await maintenance.rewrite(maintenance.segments().slice(1, 3), ({ offset }) => isKept(offset));
}

describe('reading', () => {
  test('the first record at or after any offset is found, across segments that hold none', async () => {
    const bench = await segmented();
    await compact(bench);
    for (let from = 0; from < 35; from++) {
      const { records, gaps } = await bench.log.read(from, { maxRecords: 2 });
      const expected = KEPT.filter((offset) => offset >= from).slice(0, 2);
      expect(records.map(({ offset }) => offset)).toEqual(expected);
      const first = expected[0] ?? 35;
      expect(gaps[0]).toEqual(first > from ? { from, to: first, reason: 'compacted' } : gaps[0]);
      expect(gaps.every(({ reason }) => reason === 'compacted')).toBe(true);
    }
    const joined: number[] = [];
    for (let from = 0; from < 35; ) {
      const { records, nextOffset } = await bench.log.read(from, { maxRecords: 3, maxBytes: 100 });
      joined.push(...records.map(({ offset }) => offset));
      expect(nextOffset).toBeGreaterThan(from);
      from = nextOffset;
    }
    expect(joined).toEqual(KEPT);
    await bench.close();
  });

  test('below the log start is an error, not an empty answer, and stays one after a restart', async () => {
    const bench = await segmented();
    await bench.log.deleteRecordsBefore(25);
    await bench.close();
    const { log } = await LogWorkbench.open(bench.root, makings);
    for (const from of [0, 10, 24]) {
      await expectCode('OFFSET_OUT_OF_RANGE', () => log.read(from), { reason: 'trimmed', logStart: 25 });
    }
    expect(await offsetsOf(log)).toEqual(ALL.slice(25));
    await log.close();
  });

  test('a time is found by the lowest offset, and damage elsewhere does not fail the look-up', async () => {
    const bench = await segmented();
    expect(await bench.log.offsetForTimestamp(0)).toBe(0);
    expect(await bench.log.offsetForTimestamp(1001)).toBeUndefined();
    await bench.close();
    const damaged = await withDamage(bench, 2);
    const { log } = await LogWorkbench.open(damaged, makings);
    for (let i = 0; i < 20; i++) expect(await log.offsetForTimestamp(1000 - i)).toBe(0);
    await expectCode('CORRUPT_SEGMENT', () => offsetsOf(log));
    await log.close();
  });
});

/** A copy in which a record of the sealed segment with this number is damaged. */
async function withDamage(bench: LogWorkbench, number: number): Promise<MemoryDirectory> {
  const copy = await copyDirectory(bench.root);
  const directory = await copy.directory('log', { create: false });
  const names = (await directory.list()).map(({ name }) => name).filter((name) => name.endsWith('.log'));
  const name = names.toSorted()[number] ?? '';
  const bytes = await contentOf(directory, name);
  bytes[400] = (bytes[400] ?? 0) ^ 1;
  await directory.remove(name);
  await putFile(directory, name, bytes);
  return copy;
}

describe('rewriting', () => {
  test('nothing is derived from bytes that do not verify: the pass fails and nothing has changed', async () => {
    const bench = await segmented();
    await bench.close();
    const again = await LogWorkbench.open(await withDamage(bench, 1), makings);
    const { maintenance } = again.log;
    const before = maintenance.segments();
    await expectCode('CORRUPT_SEGMENT', () => maintenance.rewrite(before.slice(0, 3), () => false));
    await expectCode('CORRUPT_SEGMENT', () => maintenance.visit(before.slice(0, 3), () => undefined));
    await expectCode('CORRUPT_SEGMENT', () => again.log.truncateAfter(17));
    expect(maintenance.segments()).toEqual(before);
    expect((await again.log.read(0, { maxRecords: 10 })).records.length).toBe(10);
    expect((await again.log.append([record(35)])).baseOffset).toBe(35);
    await again.close();
  });

  test('what an unfinished rewrite has left is never taken up again', async () => {
    const bench = await segmented();
    const root = bench.root as FaultyDirectory;
    root.faults.inject({ call: 'write', name: /^MANIFEST/, times: Number.POSITIVE_INFINITY });
    await compact(bench).catch(() => undefined);
    const left = await copyDirectory(root);
    await bench.dispose();
    const again = await LogWorkbench.open(left, makings);
    expect(await offsetsOf(again.log)).toEqual(ALL);
    await compact(again);
    expect(await offsetsOf(again.log)).toEqual(KEPT);
    await again.close();
    const third = await LogWorkbench.open(left, makings);
    expect(await offsetsOf(third.log)).toEqual(KEPT);
    await third.close();
  });

  test('wherever a rewrite is killed, the log is the old one or the new one, with an index that fits', async () => {
    const seen = new Set<number>();
    for (let nth = 1; ; nth++) {
      const root = new FaultyDirectory(new MemoryDirectory());
      const bench = await segmented(root);
      const failedBefore = root.faults.failed;
      root.faults.inject({ call: MUTATING, nth, times: Number.POSITIVE_INFINITY });
      await compact(bench).catch((error: unknown) => expect(SeglogError.is(error)).toBe(true));
      const left = await copyDirectory(root);
      await bench.dispose();
      const again = await LogWorkbench.open(left, makings);
      const found = await offsetsOf(again.log);
      seen.add(found.length);
      expect([ALL, ALL.slice(10), KEPT]).toContainEqual(found);
      for (const offset of found) expect((await again.log.read(offset)).records[0]?.offset).toBe(offset);
      await again.close();
      if (root.faults.failed === failedBefore) break;
    }
    expect([...seen].toSorted((a, b) => b - a)).toEqual([35, 25, KEPT.length]);
  });
});
