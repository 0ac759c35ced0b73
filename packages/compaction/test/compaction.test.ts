import {
  type LogEvent,
  type LogMaintenance,
  MemoryDirectory,
  SeglogError,
  type SegmentFacts,
} from '@seglog/core';
import { contentOf, copyDirectory, putFile, VirtualClock } from '@seglog/testing';
import { describe, expect, test } from 'vitest';
import {
  compactLog,
  dirtyRatio,
  exactOffsetMap,
  hashedOffsetMap,
  type OffsetMapFactory,
  planCompaction,
  sizeTiered,
} from '../src/index.js';
import { fold, openRig, type Rig, type RigSetup, recordOf, recordsOf, shownBy } from './rig.js';

const HOUR = 3_600_000;

async function append(rig: Rig, ...words: readonly string[]): Promise<void> {
  for (const one of words) await rig.log.append([recordOf(one)]);
}

async function started(setup: RigSetup = {}): Promise<Rig & { clock: VirtualClock; root: MemoryDirectory }> {
  const clock = new VirtualClock();
  const root = new MemoryDirectory();
  return { ...(await openRig({ root, clock }, setup)), clock, root };
}

const MAPS: readonly OffsetMapFactory[] = [exactOffsetMap(), hashedOffsetMap()];

describe.each(MAPS)('compaction with $name', (offsetMap) => {
  test('leaves the latest record of each key as it was, and every record without a key', async () => {
    const rig = await started({ parts: { offsetMap } });
    await append(rig, 'a=1', 'b=1', '=x', 'a=2');
    await rig.log.roll();
    await append(rig, 'b=2', '=y', 'c=1', 'a=3');
    const before = await recordsOf(rig.log);
    expect(await rig.cleanup.compact('t')).toBe(3);
    expect(await shownBy(rig.log)).toEqual(['2 =x', '4 b=2', '5 =y', '6 c=1', '7 a=3']);
    expect(await recordsOf(rig.log)).toEqual(before.filter(({ offset }) => [2, 4, 5, 6, 7].includes(offset)));
    expect(rig.log.maintenance.segments()).toHaveLength(2);
    expect(await rig.cleanup.compact('t')).toBe(0);
    await append(rig, 'c=2');
    expect(await rig.cleanup.compact('t')).toBe(1);
    expect(await shownBy(rig.log)).toEqual(['2 =x', '4 b=2', '5 =y', '7 a=3', '8 c=2']);
    await rig.close();
  });

  test('timestamps, headers and offsets stay, and reads declare the gaps', async () => {
    const rig = await started({ parts: { offsetMap } });
    const headers = [{ name: 'h', value: Uint8Array.of(1, 2) }];
    await rig.log.append([
      { ...recordOf('a=1'), timestampMs: 9 },
      { ...recordOf('a=2'), timestampMs: 5, headers },
    ]);
    await rig.cleanup.compact('t');
    const { records, gaps } = await rig.log.read(0);
    expect(records).toEqual([{ offset: 1, timestampMs: 5, headers, ...recordOf('a=2') }]);
    expect(gaps).toEqual([{ from: 0, to: 1, reason: 'compacted' }]);
    await rig.close();
  });

  test('a map that is full ends the pass, and the next one goes on there, within one segment too', async () => {
    const tight = offsetMap.name.startsWith('exact')
      ? exactOffsetMap({ maxBytes: 1024 })
      : hashedOffsetMap({ maxBytes: 1024 });
    const rig = await started({ parts: { offsetMap: tight }, options: { intervalMs: 1 } });
    const keys = Array.from({ length: 100 }, (_, i) => `k${i}`);
    for (const round of [1, 2, 3]) {
      await rig.log.append(keys.map((key) => recordOf(`${key}=${round}`)));
    }
    const state = fold(await recordsOf(rig.log));
    expect(await rig.cleanup.compact('t')).toBe(200);
    expect(fold(await recordsOf(rig.log))).toEqual(state);
    expect((await recordsOf(rig.log)).length).toBe(100);
    await rig.close();
  });

  test('tombstones delete at once, stay for their time, and then go', async () => {
    const rig = await started({ parts: { offsetMap }, cleanup: { deleteRetentionMs: HOUR } });
    await append(rig, 'a=1', 'b=1', 'a');
    expect(await rig.cleanup.compact('t')).toBe(1);
    expect(await shownBy(rig.log)).toEqual(['1 b=1', '2 a']);
    rig.clock.spend(HOUR / 2);
    await append(rig, 'b');
    expect(await rig.cleanup.compact('t')).toBe(1);
    expect(await shownBy(rig.log)).toEqual(['2 a', '3 b']);
    rig.clock.spend(HOUR / 2);
    await append(rig, 'c=1');
    expect(await rig.cleanup.compact('t')).toBe(1);
    expect(await shownBy(rig.log)).toEqual(['3 b', '4 c=1']);
    rig.clock.spend(HOUR);
    expect(await rig.cleanup.compact('t')).toBe(1);
    expect(await shownBy(rig.log)).toEqual(['4 c=1']);
    await rig.close();
  });
});

test('a tombstone waits from the pass that first saw it, not from one that ended before it', async () => {
  const offsetMap = exactOffsetMap({ maxBytes: 1024 });
  const cleanup = { deleteRetentionMs: HOUR, minDirtyRatio: 0.01 };
  const rig = await started({ parts: { offsetMap }, cleanup });
  const keys = Array.from({ length: 40 }, (_, i) => `k${i}`);
  await rig.log.append(keys.map(recordOf));
  await rig.log.roll();
  await rig.cleanup.run();
  rig.clock.spend(HOUR);
  await rig.cleanup.run();
  const left = (await recordsOf(rig.log)).length;
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThan(keys.length);
  rig.clock.spend(HOUR);
  await append(rig, 'other=1');
  await rig.cleanup.compact('t');
  expect(await shownBy(rig.log)).toEqual(['40 other=1']);
  await rig.close();
});

test('equal hashes of different keys remove nothing', async () => {
  const alike = hashedOffsetMap({ hash: (_source, _range, into) => into.fill(7) });
  const rig = await started({ parts: { offsetMap: alike } });
  await append(rig, 'a=1', 'b=1', 'a=2', 'c=1');
  expect(await rig.cleanup.compact('t')).toBe(0);
  expect((await recordsOf(rig.log)).length).toBe(4);
  const same = await started({ parts: { offsetMap: alike } });
  await append(same, 'a=1', 'a=2', 'a=3');
  expect(await same.cleanup.compact('t')).toBe(2);
  await Promise.all([rig.close(), same.close()]);
});

test('keys that the map has no room to prove stay until a later pass', async () => {
  const rig = await started({ parts: { offsetMap: hashedOffsetMap({ maxBytes: 2048 }) } });
  const keys = Array.from({ length: 10 }, (_, i) => `${i}`.padEnd(900, 'x'));
  for (const round of [1, 2]) {
    for (const key of keys) await rig.log.append([recordOf(`${key}=${round}`)]);
  }
  const state = fold(await recordsOf(rig.log));
  await rig.log.roll();
  await rig.cleanup.run();
  const left = (await recordsOf(rig.log)).length;
  expect(left).toBeGreaterThan(10);
  expect(left).toBeLessThan(20);
  expect(await rig.cleanup.compact('t')).toBe(left - 10);
  expect(fold(await recordsOf(rig.log))).toEqual(state);
  await rig.close();
});

test('the lag keeps young records, and the oldest wait no longer than they may', async () => {
  const rig = await started({
    cleanup: { minCompactionLagMs: HOUR, maxCompactionLagMs: 3 * HOUR, minDirtyRatio: 1 },
  });
  await append(rig, 'a=1', 'a=2');
  expect(await rig.cleanup.compact('t')).toBe(0);
  rig.clock.spend(HOUR);
  expect(await rig.cleanup.compact('t')).toBe(1);
  await append(rig, 'b=1', 'b=2');
  rig.clock.spend(2 * HOUR);
  await rig.cleanup.run();
  expect((await recordsOf(rig.log)).length).toBe(3);
  rig.clock.spend(2 * HOUR);
  await rig.cleanup.run();
  expect(await shownBy(rig.log)).toEqual(['1 a=2', '3 b=2']);
  await rig.close();
});

test('small segments of similar size become one, and tombstones in the middle of a log stay', async () => {
  const strategy = sizeTiered({ minSegments: 3 });
  const rig = await started({ parts: { strategy }, cleanup: { deleteRetentionMs: 0 } });
  await append(rig, `a=${'x'.repeat(9000)}`);
  await rig.log.roll();
  for (const words of ['a', 'b=1', 'b=2', 'c=1']) {
    await append(rig, words);
    await rig.log.roll();
  }
  expect(rig.log.maintenance.segments()).toHaveLength(6);
  for (let i = 0; i < 3; i++) await rig.cleanup.run();
  expect(rig.log.maintenance.segments()).toHaveLength(3);
  expect((await shownBy(rig.log)).slice(1)).toEqual(['1 a', '3 b=2', '4 c=1']);
  for (const words of ['c=2', 'c=3']) {
    await append(rig, words);
    await rig.log.roll();
  }
  await rig.cleanup.run();
  expect((await shownBy(rig.log)).slice(1)).toEqual(['1 a', '3 b=2', '6 c=3']);
  expect(await rig.cleanup.compact('t')).toBe(1);
  expect(await shownBy(rig.log)).toEqual(['1 a', '3 b=2', '6 c=3']);
  await rig.close();
});

test.each([
  ['dirty ratio', dirtyRatio()],
  ['size tiers', sizeTiered({ minSegments: 2 })],
])('what cannot become smaller is left alone: %s', async (_, strategy) => {
  const cleanup = { maxCompactionLagMs: 2 * HOUR, minDirtyRatio: 0.1 };
  const rig = await started({ parts: { strategy }, cleanup });
  for (const words of ['a', 'b=1', 'c', 'd=1']) {
    await append(rig, words);
    await rig.cleanup.compact('t');
    rig.clock.spend(1000);
  }
  await rig.log.roll();
  await rig.log.roll();
  await rig.cleanup.run();
  rig.clock.spend(HOUR);
  await rig.cleanup.run();
  const before = rig.log.maintenance.segments().map(({ id }) => id);
  rig.clock.spend(2 * HOUR);
  for (let i = 0; i < 3; i += 1) await rig.cleanup.run();
  expect(rig.log.maintenance.segments().map(({ id }) => id)).toEqual(before);
  expect(await shownBy(rig.log)).toEqual(['0 a', '1 b=1', '2 c', '3 d=1']);
  rig.clock.spend(24 * HOUR);
  expect(await rig.cleanup.compact('t')).toBe(2);
  expect(await rig.cleanup.compact('t')).toBe(0);
  await rig.close();
});

test('a damaged frame stops the pass, changes nothing and is told; the partition is left alone for a while', async () => {
  const first = await started();
  await append(first, 'a=1', 'b=1');
  await first.log.roll();
  await append(first, 'a=2', 'b=2');
  await first.log.roll();
  await first.close();
  const root = await copyDirectory(first.root);
  const directory = await root.directory('log', { create: false });
  const names = (await directory.list()).map(({ name }) => name).filter((name) => name.endsWith('.log'));
  const name = names.toSorted()[1] ?? '';
  const bytes = await contentOf(directory, name);
  bytes[230] = (bytes[230] ?? 0) ^ 1;
  await directory.remove(name);
  await putFile(directory, name, bytes);
  const events: LogEvent[] = [];
  const clock = new VirtualClock();
  const observer = { observe: (event: LogEvent): void => void events.push(event) };
  const rig = await openRig({ root, clock }, { parts: { observer } });
  const before = rig.log.maintenance.segments();
  await expect(rig.cleanup.compact('t')).rejects.toMatchObject({ code: 'CORRUPT_SEGMENT' });
  expect(rig.log.maintenance.segments()).toEqual(before);
  const outcomes = await rig.cleanup.compactAll();
  expect(SeglogError.is(outcomes.get('t')?.failure, 'CORRUPT_SEGMENT')).toBe(true);
  for (let i = 0; i < 3; i++) await rig.cleanup.run();
  clock.spend(60_000);
  await rig.cleanup.run();
  clock.spend(60_000);
  await rig.cleanup.run();
  clock.spend(60_000);
  await rig.cleanup.run();
  const failed = events.filter((event) => event.type === 'cleanup' && event.phase === 'failed');
  expect(failed).toHaveLength(2 + 3);
  expect(rig.log.maintenance.segments()).toEqual(before);
  await rig.close();
});

test('a truncation that takes what a pass has seen ends that pass before it removes anything', async () => {
  const rig = await started();
  await append(rig, 'a=1', 'b=1');
  await rig.log.roll();
  await append(rig, 'a=2');
  await rig.log.roll();
  const segments = rig.log.maintenance.segments().filter(({ sealed }) => sealed);
  await rig.log.truncateAfter(1);
  const rewrite = rig.log.maintenance.rewrite(segments.slice(0, 1), () => false, { requires: segments });
  await expect(rewrite).rejects.toThrow(RangeError);
  expect(await shownBy(rig.log)).toEqual(['0 a=1', '1 b=1']);
  expect(await rig.cleanup.compact('t')).toBe(0);
  await rig.close();
});

const nothing = (): undefined => undefined;

/** The maintenance of a log, with a word before each rewrite. */
function watched(
  { maintenance }: Rig['log'],
  beforeRewrite: (sources: readonly SegmentFacts[]) => Promise<void>,
): LogMaintenance {
  return {
    limits: maintenance.limits,
    segments: () => maintenance.segments(),
    visit: (...words) => maintenance.visit(...words),
    purgeBefore: (firstKept) => maintenance.purgeBefore(firstKept),
    rewrite: async (sources, keep, options) => {
      await beforeRewrite(sources);
      return maintenance.rewrite(sources, keep, options);
    },
  };
}

function passOver(rig: Rig, maintenance: LogMaintenance): Promise<unknown> {
  const sources = rig.log.maintenance.segments().slice(0, -1);
  const times = { nowMs: 0, deleteRetentionMs: 0 };
  const plan = planCompaction(sources, { first: 0, end: sources.length }, times);
  const signal = new AbortController().signal;
  return compactLog(
    { maintenance, offsetMap: exactOffsetMap(), signal, onRead: nothing, onRemoved: nothing },
    plan,
  );
}

test('groups are swapped in oldest first: what is old is gone before its tombstone may go', async () => {
  const rig = await started({ settings: { maxSegmentBytes: 4096 } });
  for (let i = 0; i < 8; i += 1) await append(rig, `k${i}=${'x'.repeat(1500)}`, `k${i}`);
  await rig.log.roll();
  const order: number[] = [];
  const maintenance = watched(rig.log, async ([first]) => void order.push(first?.baseOffset ?? -1));
  await passOver(rig, maintenance);
  expect(order.length).toBeGreaterThan(2);
  expect(order).toEqual(order.toSorted((a, b) => a - b));
  await rig.close();
});

test('a truncation in the middle of a pass brings nothing back that the pass had counted on', async () => {
  const rig = await started();
  await append(rig, 'a=1', 'b=1');
  await rig.log.roll();
  await append(rig, `c=${'x'.repeat(5000)}`, 'a=2');
  await rig.log.roll();
  let truncated = false;
  const maintenance = watched(rig.log, async () => {
    if (!truncated) await rig.log.truncateAfter(1);
    truncated = true;
  });
  const limits = { ...maintenance.limits, maxSegmentBytes: 4096 };
  await expect(passOver(rig, { ...maintenance, limits })).rejects.toThrow(RangeError);
  expect(await shownBy(rig.log)).toEqual(['0 a=1', '1 b=1']);
  await rig.close();
});

test('a producer is remembered when all that it sent is gone', async () => {
  const rig = await started();
  const producer = { id: 'p', epoch: 1, sequence: 0 };
  await rig.log.append([recordOf('a=1')], { producer });
  await append(rig, 'a=2');
  expect(await rig.cleanup.compact('t')).toBe(1);
  expect(await rig.log.append([recordOf('a=1')], { producer })).toMatchObject({
    duplicate: true,
    baseOffset: 0,
  });
  await rig.close();
  const again = await openRig({ root: rig.root, clock: rig.clock });
  expect(await again.log.append([recordOf('a=1')], { producer })).toMatchObject({ duplicate: true });
  const next = { ...producer, sequence: 1 };
  expect(await again.log.append([recordOf('a=3')], { producer: next })).toMatchObject({ duplicate: false });
  await again.close();
});
