import { describe, expect, test } from 'vitest';
import {
  type Clock,
  crc32c,
  defaultComponents,
  Log,
  type LogComponents,
  type LogSettings,
  MemoryDirectory,
  type RecordInput,
  SeglogError,
  type StorageDirectory,
  SystemClock,
  SystemRandom,
  WriterSession,
} from '../../src/index.js';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const record = (value: string, key?: string): RecordInput => ({
  value: text(value),
  key: key === undefined ? null : text(key),
});

async function openOn(
  root: StorageDirectory,
  settings: Partial<LogSettings> = {},
  parts: Partial<LogComponents> = {},
): Promise<{ log: Log; session: WriterSession; report: Awaited<ReturnType<Log['open']>> }> {
  const session = await WriterSession.open(root, {
    clock: new SystemClock(),
    random: new SystemRandom(),
    checksum: crc32c(),
  });
  const directory = await root.directory('log', { create: true });
  const log = new Log({ ...defaultComponents(directory, session), ...parts }, settings);
  const report = await log.open();
  return { log, session, report };
}

describe('a log', () => {
  test('returns what was appended, in order, at dense offsets', async () => {
    const { log } = await openOn(new MemoryDirectory());
    const first = await log.append([record('a'), record('b', 'k')]);
    const second = await log.append([record('c')]);
    expect(first).toMatchObject({ baseOffset: 0, lastOffset: 1, durability: 'synced' });
    expect(second).toMatchObject({ baseOffset: 2, lastOffset: 2 });
    const { records, nextOffset } = await log.read(0);
    expect(records.map(({ offset, value }) => [offset, value && new TextDecoder().decode(value)])).toEqual([
      [0, 'a'],
      [1, 'b'],
      [2, 'c'],
    ]);
    expect(nextOffset).toBe(3);
    await log.close();
  });

  test('is found again after a clean close, without a scan', async () => {
    const root = new MemoryDirectory();
    const one = await openOn(root, { maxSegmentBytes: 8192 });
    for (let i = 0; i < 200; i++) await one.log.append([record(`value ${i} ${'x'.repeat(100)}`)]);
    await one.log.close();
    await one.session.close({ clean: true });
    const two = await openOn(root, { maxSegmentBytes: 8192 });
    expect(two.report).toMatchObject({ clean: true, scannedBytes: 0 });
    expect(two.log.offsets()).toMatchObject({ logStart: 0, durable: 200, logEnd: 200 });
    let seen = 0;
    await two.log.scan(0, (cursor) => {
      expect(cursor.offset).toBe(seen++);
    });
    expect(seen).toBe(200);
    expect(two.log.stats().segments).toBeGreaterThan(2);
    await two.log.close();
  });

  test('rolls, truncates, deletes and reopens', async () => {
    const root = new MemoryDirectory();
    const { log, session } = await openOn(root, { maxSegmentBytes: 4096, deleteDelayMs: 0 });
    for (let i = 0; i < 100; i++) await log.append([record(`v${i}${'y'.repeat(90)}`)]);
    await log.truncateAfter(49);
    expect(log.offsets().logEnd).toBe(50);
    expect((await log.append([record('new')])).baseOffset).toBe(50);
    await log.deleteRecordsBefore(20);
    await expect(log.read(19)).rejects.toSatisfy((e) => SeglogError.is(e, 'OFFSET_OUT_OF_RANGE'));
    await log.close();
    await session.close({ clean: true });
    const again = await openOn(root);
    expect(again.log.offsets()).toMatchObject({ logStart: 20, logEnd: 51 });
    const { records } = await again.log.read(20);
    expect(records.length).toBe(31);
    await again.log.close();
  });
});

test('a follower that is reading when the log closes ends quietly', async () => {
  const { log } = await openOn(new MemoryDirectory());
  await log.append(Array.from({ length: 10 }, (_, i) => record(String(i))));
  const seen: number[] = [];
  for await (const { offset } of log.tail('earliest')) {
    seen.push(offset);
    if (offset === 9) await log.close();
  }
  expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('a reader beside a dead writer sees what is proven, and changes no byte', async () => {
  const root = new MemoryDirectory();
  const { log } = await openOn(root, { maxSegmentBytes: 4096 });
  for (let i = 0; i < 60; i++) await log.append([record(`v${i}${'z'.repeat(80)}`)]);
  const directory = await root.directory('log', { create: false });
  const before = await bytesOf(directory);
  const reader = new Log(defaultComponents(directory, undefined));
  const report = await reader.open({ readOnly: true });
  expect(report).toMatchObject({ clean: false, removed: [], quarantined: [] });
  const { records } = await reader.read(0, { isolation: 'uncommitted' });
  expect(records.length).toBe(60);
  expect(reader.offsets().durable).toBeGreaterThan(0);
  await expect(reader.append([record('no')])).rejects.toSatisfy((e) => SeglogError.is(e, 'READ_ONLY'));
  await reader.close();
  expect(await bytesOf(directory)).toEqual(before);
  await log.close();
});

async function bytesOf(directory: StorageDirectory): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const { name } of await directory.list()) {
    const size = (await directory.sizeOf(name)) ?? 0;
    const reader = await directory.openReader(name, { sealed: false, writtenBytes: () => size });
    found.set(name, Buffer.from(await reader.read(0, new Uint8Array(size))).toString('hex'));
    await reader.close();
  }
  return found;
}

test('what was written under larger limits is read, and kept, under smaller ones', async () => {
  const root = new MemoryDirectory();
  const large = await openOn(root);
  await large.log.append([record('x'.repeat(100_000))]);
  await large.log.append([record('small')]);
  const crashed = await copyOf(root);
  await large.log.close();
  await large.session.close({ clean: true });
  for (const data of [root, crashed]) {
    const small = await openOn(data, { maxSegmentBytes: 8192 });
    expect(small.log.offsets()).toMatchObject({ durable: 2, logEnd: 2 });
    expect((await small.log.read(0, { maxRecords: 1 })).records[0]?.value?.length).toBe(100_000);
    await small.log.truncateAfter(0);
    expect((await small.log.read(0)).records.length).toBe(1);
    await expect(small.log.append([record('y'.repeat(9000))])).rejects.toMatchObject({
      code: 'RECORD_TOO_LARGE',
    });
    await small.log.close();
    await small.session.close({ clean: true });
    const again = await openOn(data);
    await again.log.append([record('z'.repeat(500_000))]);
    expect((await again.log.read(1)).records[0]?.value?.length).toBe(500_000);
    await again.log.close();
  }
});

/** What a killed process leaves: every byte that was written, and no lock. */
async function copyOf(
  source: StorageDirectory,
  target: MemoryDirectory = new MemoryDirectory(),
): Promise<MemoryDirectory> {
  for (const { name, kind } of await source.list()) {
    if (kind === 'directory') {
      const inner = await target.directory(name, { create: true });
      await copyInto(await source.directory(name, { create: false }), inner);
    } else await copyFile(source, target, name);
  }
  return target;
}

async function copyInto(source: StorageDirectory, target: StorageDirectory): Promise<void> {
  for (const { name, kind } of await source.list()) if (kind === 'file') await copyFile(source, target, name);
}

async function copyFile(source: StorageDirectory, target: StorageDirectory, name: string): Promise<void> {
  const size = (await source.sizeOf(name)) ?? 0;
  const reader = await source.openReader(name, { sealed: false, writtenBytes: () => size });
  const file = await target.create(name);
  await file.write(0, [(await reader.read(0, new Uint8Array(size))).slice()]);
  await file.close();
  await reader.close();
}

test('a log that nobody wrote to is closed without a write', async () => {
  const root = new MemoryDirectory();
  const first = await openOn(root);
  await first.log.append([record('a')]);
  await first.log.close();
  await first.session.close({ clean: true });
  const before = await bytesOf(await root.directory('log', { create: false }));
  const second = await openOn(root);
  await second.log.read(0);
  await second.log.close();
  await second.session.close({ clean: true });
  expect(await bytesOf(await root.directory('log', { create: false }))).toEqual(before);
  const third = await openOn(root);
  expect(third.report).toMatchObject({ clean: true, scannedBytes: 0 });
  await third.log.close();
});

test('an opening has lasted since before its manifest was opened', async () => {
  let nowMs = 0;
  const time = new SystemClock();
  const clock: Clock = {
    nowMs: () => time.nowMs(),
    monotonicMs: () => nowMs,
    schedule: (delayMs, callback, options) => time.schedule(delayMs, callback, options),
  };
  const root = new MemoryDirectory();
  const first = await openOn(root);
  await first.log.close();
  await first.session.close({ clean: true });
  const directory = await root.directory('log', { create: false });
  const openReader = directory.openReader.bind(directory);
  directory.openReader = (name, options) => {
    if (name.startsWith('MANIFEST')) nowMs += 1000;
    return openReader(name, options);
  };
  const second = await openOn(root, {}, { clock, directory });
  expect(second.report.durationMs).toBeGreaterThanOrEqual(1000);
  await second.log.close();
});
