import { expect, test } from 'vitest';
import { type LogEvent, MemoryDirectory, type StorageDirectory, syncNever } from '../../src/index.js';
import { allOf, closeCleanly, copyOf, filesOf, openOn, record } from './log-bench.js';

const settings = { maxSegmentBytes: 64 * 1024, indexIntervalBytes: 256, preallocateBytes: 0 };

/** Counts the bytes of segments that are asked for. */
function counted(directory: StorageDirectory, count: { bytes: number }): StorageDirectory {
  const openReader = directory.openReader.bind(directory);
  const open = directory.directory.bind(directory);
  directory.directory = async (name, options) => counted(await open(name, options), count);
  directory.openReader = async (name, options) => {
    const reader = await openReader(name, options);
    const read = reader.read.bind(reader);
    reader.read = (position, scratch) => {
      if (name.endsWith('.log')) count.bytes += scratch.length;
      return read(position, scratch);
    };
    return reader;
  };
  return directory;
}

async function crashed(appends: number): Promise<MemoryDirectory> {
  const { root, log } = await openOn(new MemoryDirectory(), { settings });
  for (let i = 0; i < appends; i++) await log.append([record(`v${i}`, 200)]);
  return copyOf(root);
}

test('what a recovery has scanned is not read once more to find a record in it', async () => {
  const count = { bytes: 0 };
  const events: LogEvent[] = [];
  const observer = { observe: (event: LogEvent) => events.push(event) };
  const two = await openOn(counted(await crashed(150), count), { settings, parts: { observer } });
  expect(two.report.scannedBytes).toBeGreaterThan(30_000);
  count.bytes = 0;
  for (let i = 149; i >= 0; i -= 7) {
    expect((await two.log.read(i, { maxRecords: 1 })).records[0]?.offset).toBe(i);
  }
  expect(count.bytes).toBeLessThan(22 * 10_000);
  expect(events.map(({ type }) => type)).not.toContain('index-rebuilt');
  await closeCleanly(two);
  const three = await openOn(two.root, { settings });
  expect((await allOf(three.log)).map(([offset]) => offset)).toEqual(
    Array.from({ length: 150 }, (_, i) => i),
  );
  await closeCleanly(three);
});

test('an index file that covers a part of what was scanned is gone on with', async () => {
  const one = await openOn(new MemoryDirectory(), { settings });
  for (let i = 0; i < 60; i++) await one.log.append([record(`v${i}`, 200)]);
  await one.log.read(5, { maxRecords: 1 });
  await closeCleanly(one);
  const two = await openOn(one.root, { settings });
  for (let i = 60; i < 150; i++) await two.log.append([record(`v${i}`, 200)]);
  const three = await openOn(await copyOf(two.root), { settings });
  for (let i = 149; i >= 0; i -= 3) {
    expect((await three.log.read(i, { maxRecords: 1 })).records[0]?.offset).toBe(i);
  }
  await closeCleanly(three);
});

test('an index that is lost is made anew by the first look, by offset or by time, and lets the event loop turn', async () => {
  const one = await openOn(new MemoryDirectory(), { parts: { syncPolicy: syncNever() } });
  for (let i = 0; i < 5000; i++) await one.log.append([{ ...record(`v${i}`), timestampMs: 1000 + i }]);
  await closeCleanly(one);
  for (const look of ['time', 'offset'] as const) {
    const left = await copyOf(one.root);
    const directory = await left.directory('log', { create: false });
    for (const name of await filesOf(directory, '.idx')) await directory.remove(name);
    const two = await openOn(left, { settings: { onAmbiguousTail: 'fail' } });
    await two.log.append([record('later')]);
    let turns = 0;
    const turn = setImmediate(() => turns++);
    if (look === 'time') expect(await two.log.offsetForTimestamp(5500)).toBe(4500);
    else expect((await two.log.read(4500, { maxRecords: 1 })).records[0]?.timestampMs).toBe(5500);
    expect(turns).toBe(1);
    clearImmediate(turn);
    expect(await two.log.offsetForTimestamp(1007)).toBe(7);
    expect((await two.log.read(7, { maxRecords: 1 })).records[0]?.timestampMs).toBe(1007);
    await closeCleanly(two);
  }
});
