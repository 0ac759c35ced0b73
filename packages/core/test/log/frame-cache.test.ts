import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  crc32c,
  defaultComponents,
  FrameCache,
  FrameHeader,
  Log,
  MemoryDirectory,
  type ReadResult,
  SystemClock,
  SystemRandom,
  WriterSession,
} from '../../src/index.js';
import { ClockQueue } from '../../src/log/clock-queue.js';
import { contentOf, copyOf, filesOf, openOn, putFile, record } from './log-bench.js';

const step = fc.oneof(
  fc.record({ append: fc.array(fc.nat(60), { minLength: 1, maxLength: 40 }) }),
  fc.constant({ roll: true as const }),
  fc.record({ truncateTo: fc.double({ min: 0, max: 1, noNaN: true }) }),
  fc.record({ dropEvery: fc.integer({ min: 2, max: 4 }) }),
  fc.record({
    readAt: fc.double({ min: 0, max: 1, noNaN: true }),
    maxRecords: fc.integer({ min: 1, max: 5 }),
  }),
);

async function openLog(maxBytes: number): Promise<Log> {
  const root = new MemoryDirectory();
  const parts = { clock: new SystemClock(), random: new SystemRandom(), checksum: crc32c() };
  const session = await WriterSession.open(root, parts);
  const directory = await root.directory('log', { create: true });
  const frameCache = new FrameCache({ maxBytes });
  const log = new Log({ ...defaultComponents(directory, session), frameCache }, { maxSegmentBytes: 8192 });
  await log.open();
  return log;
}

/** The same walk on a log with a small cache, one with a large one, and one without: every read must agree. */
test('reads give the same records whether their frames were at hand or not', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const logs = await Promise.all([0, 12_000, 1_000_000].map(openLog));
      let stamp = 0;
      for (const next of steps) {
        const results: unknown[] = [];
        stamp += 1;
        for (const log of logs) results.push(await run(log, next, stamp));
        expect(results[1]).toEqual(results[0]);
        expect(results[2]).toEqual(results[0]);
      }
      for (const log of logs) await log.close();
    }),
    { numRuns: 60 },
  );
});

test.each([
  { key: null, value: new Uint8Array(0) },
  { key: new Uint8Array(0), value: null },
])('a record without a byte is read from memory, too', async (empty) => {
  const log = await openLog(1_000_000);
  await log.append([empty, empty]);
  for (const _ of [1, 2, 3]) expect((await log.read(0, { maxRecords: 1 })).records).toMatchObject([empty]);
  await log.close();
});

async function run(
  log: Log,
  next: typeof step extends fc.Arbitrary<infer T> ? T : never,
  stamp: number,
): Promise<unknown> {
  const { logStart, logEnd } = log.offsets();
  if ('append' in next) {
    const records = next.append.map((bytes) => ({
      value: new Uint8Array(bytes).fill(stamp),
      timestampMs: stamp,
    }));
    return log.append(records);
  }
  if ('truncateTo' in next)
    return log.truncateAfter(Math.floor(next.truncateTo * (logEnd - logStart)) + logStart - 1);
  if ('dropEvery' in next) {
    const sealed = log.maintenance.segments().filter((facts) => facts.sealed);
    if (sealed.length === 0) return undefined;
    const { recordsRemoved } = await log.maintenance.rewrite(
      sealed,
      ({ offset }) => offset % next.dropEvery !== 0,
    );
    return recordsRemoved;
  }
  if ('readAt' in next) {
    const from = Math.floor(next.readAt * (logEnd - logStart)) + logStart;
    const reads: ReadResult[] = [];
    for (let again = 0; again < 3; again++) reads.push(await log.read(from, { maxRecords: next.maxRecords }));
    return reads;
  }
  return (await log.roll()).nextOffset;
}

function headerOf(count: number): FrameHeader {
  const header = new FrameHeader();
  header.count = count;
  header.frameBytes = 10_000_000;
  return header;
}

test('holds no more than it may, whatever comes', () => {
  const cache = new FrameCache({ maxBytes: 100_000 });
  const [few, many] = [headerOf(10), headerOf(1000)];
  expect(cache.wants('a', 0, many)).toBe(false);
  expect(cache.wants('a', 0, many)).toBe(false);
  expect(cache.wants('a', 0, few)).toBe(false);
  expect(cache.wants('a', 0, few)).toBe(true);
  expect(cache.find('a', 0)).toBeUndefined();
  expect(cache.bytes).toBe(0);
});

test('reads that come back hold no more memory than the cache allows', async () => {
  const root = new MemoryDirectory();
  const parts = { clock: new SystemClock(), random: new SystemRandom(), checksum: crc32c() };
  const session = await WriterSession.open(root, parts);
  const frameCache = new FrameCache({ maxBytes: 64 * 1024 });
  const directory = await root.directory('log', { create: true });
  const log = new Log({ ...defaultComponents(directory, session), frameCache });
  await log.open();
  for (let i = 0; i < 40; i++) {
    await log.append(Array.from({ length: 50 }, () => ({ value: new Uint8Array(100).fill(i) })));
  }
  for (let round = 0; round < 4; round++) {
    for (let offset = 0; offset < 2000; offset += 7) {
      const { records } = await log.read(offset, { maxRecords: 1 });
      expect(records[0]?.value?.[99]).toBe(Math.floor(offset / 50));
      expect(frameCache.bytes).toBeLessThanOrEqual(64 * 1024);
    }
  }
  expect(frameCache.bytes).toBeGreaterThan(32 * 1024);
  await log.close();
});

test('frames that a recovery cuts are forgotten by a cache that outlives the log', async () => {
  const frameCache = new FrameCache({ maxBytes: 1024 * 1024 });
  const one = await openOn(new MemoryDirectory(), { parts: { frameCache } });
  await one.log.append([record('kept')]);
  await one.log.append([record('cut')]);
  for (let i = 0; i < 3; i++) await one.log.read(1, { maxRecords: 1 });
  expect(frameCache.bytes).toBeGreaterThan(0);
  const left = await copyOf(one.root);
  const directory = await left.directory('log', { create: false });
  const [segment = ''] = await filesOf(directory, '.log');
  const bytes = await contentOf(directory, segment);
  await putFile(directory, segment, bytes.subarray(0, 128 + 80));

  const two = await openOn(left, { parts: { frameCache } });
  expect(two.log.offsets().logEnd).toBeLessThan(2);
  while (two.log.offsets().logEnd < 2) await two.log.append([record('other')]);
  const { records } = await two.log.read(1, { maxRecords: 1 });
  expect(new TextDecoder().decode(records[0]?.value ?? undefined)).toBe('other');
  await two.log.close();
});

test('what leaves a queue is not met again, and a queue may run empty', () => {
  const queue = new ClockQueue<{ recent: boolean; readonly name: string }>();
  const [a, b, c] = ['a', 'b', 'c'].map((name) => ({ recent: name === 'a', name }));
  if (a === undefined || b === undefined || c === undefined) throw new RangeError('there are three');
  expect(queue.next()).toBeUndefined();
  for (const entry of [a, b, c]) queue.push(entry);
  expect(queue.next()).toBe(b);
  queue.remove(b);
  queue.remove(b);
  expect(queue.next()).toBe(c);
  queue.remove(c);
  expect(queue.next()).toBe(a);
  queue.remove(a);
  expect(queue.next()).toBeUndefined();
});

test('frames that are met once are known the second time, most of them if they are many', () => {
  const cache = new FrameCache({ maxBytes: 1024 * 1024 });
  const header = headerOf(10);
  const frames = Array.from({ length: 10_000 }, (_, i) => i * 116_000);
  const known = (segment: string): number =>
    frames.filter((position) => cache.wants(segment, position, header)).length;
  expect(known('a')).toBe(0);
  expect(known('a')).toBeGreaterThan(9_500);
  expect(known('b')).toBe(0);
});
