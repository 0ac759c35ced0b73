import { copyDirectory, expectCode, readFile, type SimulatedDisk } from '@seglog/testing';
import { describe, expect, test } from 'vitest';
import {
  crc32c,
  defaultComponents,
  diskModule,
  type Engine,
  type LogEvent,
  MemoryDirectory,
  memoryModule,
  observerModule,
  openEngine,
  type ProducerStamp,
  type RecordInput,
  SegmentedWriteAheadLog,
  type StorageDirectory,
  SystemClock,
  SystemRandom,
  WriterSession,
} from '../src/index.js';
import { afterPowerCut, leftBy, openAhead, openAheadOn, valuesOf } from './ahead-disk.js';

/** Topics `a` and `b` of two partitions, and so many writes to all four. */
async function filled(engine: Engine, writes: number, first = 0): Promise<void> {
  for (const name of ['a', 'b']) await engine.getOrCreateTopic(name, { partitions: 2 });
  for (let i = first; i < first + writes; i += 1) {
    await engine.write(
      ['a', 'b'].flatMap((topic) =>
        [0, 1].map((partition) => ({ topic, partition, records: [{ value: i }] })),
      ),
    );
  }
}

const recordsOf = async (engine: Engine): Promise<readonly unknown[]> =>
  (await (await engine.log('a', 0)).read(0)).records;

const stamp = (sequence: number): ProducerStamp => ({ id: 'p', epoch: 1, sequence });

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe('a replay', () => {
  test('brings every acknowledged write to all its partitions, at the offsets that it was told', async () => {
    const left = await leftBy(undefined, async (disk) => filled(await openAhead(disk), 5));
    await left.run(async () => {
      const engine = await openAhead(left);
      expect(engine.replayReport).toMatchObject({ applied: 20, skipped: 0, quarantined: 0, gaps: [] });
      for (const topic of ['a', 'b'])
        for (const partition of [0, 1]) expect(await valuesOf(engine, topic, partition)).toEqual(upTo(5));
      await engine.close();
    });
  });

  test('of a replay, and so on, adds nothing, whatever was synced of the one before', async () => {
    let disk: SimulatedDisk = await leftBy(undefined, async (fresh) => filled(await openAhead(fresh), 4));
    for (let round = 0; round < 4; round += 1) {
      disk = await leftBy(disk, async (same) => {
        const engine = await openAhead(same);
        expect(await valuesOf(engine, 'a', 1)).toEqual(upTo(4 + round));
        await filled(engine, 1, 4 + round);
      });
    }
    await disk.run(async () => {
      const engine = await openAhead(disk);
      expect(await valuesOf(engine, 'b', 0)).toEqual(upTo(8));
      await engine.close();
    });
  });

  test('keeps the time of each record, given or not', async () => {
    let before: readonly unknown[] = [];
    const left = await leftBy(undefined, async (disk) => {
      const engine = await openAhead(disk);
      const topic = await engine.createTopic('a', { partitions: 1 });
      await topic.append([
        { value: 1 },
        { value: 2, timestampMs: 5, headers: [{ name: 'h', value: Uint8Array.of(1) }] },
      ]);
      await disk.clock.sleep(5000);
      await topic.append({ key: 'k', value: null });
      before = await recordsOf(engine);
    });
    await left.run(async () => {
      const engine = await openAhead(left);
      expect(engine.replayReport?.applied).toBe(2);
      expect(await recordsOf(engine)).toEqual(before);
      await engine.close();
    });
  });

  test('takes nothing new for old after everything was released: LSNs go on', async () => {
    let disk = await leftBy(undefined, async (fresh) => {
      const engine = await openAhead(fresh);
      await filled(engine, 10);
      await engine.close();
      await fresh.root.close();
      await filled(await openAhead(fresh), 5, 10);
    });
    await disk.run(async () => {
      const engine = await openAhead(disk);
      expect(engine.replayReport?.applied).toBe(20);
      expect(await valuesOf(engine, 'a', 0)).toEqual(upTo(15));
      await engine.close();
    });
    disk = afterPowerCut(disk);
    await disk.run(async () => {
      const engine = await openAhead(disk);
      expect(engine.replayReport?.applied).toBe(0);
      await engine.close();
    });
  });

  test('leaves alone what a truncation took away, and what came in its place', async () => {
    const left = await leftBy(undefined, async (disk) => {
      const engine = await openAhead(disk);
      await filled(engine, 5);
      const log = await engine.log('a', 0);
      await log.truncateAfter(1);
      await engine.topic('a').append({ value: 99, partition: 0 });
    });
    await left.run(async () => {
      const engine = await openAhead(left);
      expect(await valuesOf(engine, 'a', 0)).toEqual([0, 1, 99]);
      expect(await valuesOf(engine, 'a', 1)).toEqual(upTo(5));
      await engine.close();
    });
  });

  test('knows the producers whose records it brings, and those it skips', async () => {
    const record: RecordInput[] = [{ value: Uint8Array.of(1) }];
    const left = await leftBy(undefined, async (disk) => {
      const engine = await openAhead(disk);
      await engine.createTopic('a', { partitions: 1 });
      const log = await engine.log('a', 0);
      for (const sequence of [0, 1, 2]) await log.append(record, { producer: stamp(sequence) });
    });
    await left.run(async () => {
      const engine = await openAhead(left);
      const log = await engine.log('a', 0);
      expect(await log.append(record, { producer: stamp(2) })).toMatchObject({
        baseOffset: 2,
        duplicate: true,
      });
      expect(await log.append(record, { producer: stamp(3) })).toMatchObject({
        baseOffset: 3,
        duplicate: false,
      });
      await expectCode('PRODUCER_FENCED', () =>
        log.append(record, { producer: { id: 'p', epoch: 0, sequence: 0 } }),
      );
      await engine.close();
    });
  });
});

/** A data root with its topics, and one with the write-ahead log of the first and no topics. */
async function strange(): Promise<MemoryDirectory> {
  const first = new MemoryDirectory();
  const engine = await openAheadOn(first);
  await filled(engine, 3);
  const killed = await (await copyDirectory(first)).directory('data', { create: false });
  await engine.close();
  const second = new MemoryDirectory();
  await (await openAheadOn(second)).close();
  const data = await second.directory('data', { create: false });
  await data.remove('wal');
  const target = await data.directory('wal', { create: true });
  const source = await killed.directory('wal', { create: false });
  for (const { name, kind } of await source.list()) {
    if (kind !== 'file') continue;
    const file = await target.create(name);
    await file.write(0, [await readFile(source, name)]);
    await file.close();
  }
  return second;
}

describe('records that belong to nothing', () => {
  test('are kept aside and reported, never deleted', async () => {
    const root = await strange();
    const engine = await openAheadOn(root);
    expect(engine.replayReport).toMatchObject({ applied: 0, quarantined: 12, deleted: 0 });
    await engine.close();
    const data = await root.directory('data', { create: false });
    const session = await WriterSession.open(data, {
      clock: new SystemClock(),
      random: new SystemRandom(),
      checksum: crc32c(),
    });
    const aside = await data.directory('wal-unapplied', { create: false });
    const wal = new SegmentedWriteAheadLog(defaultComponents(aside, session));
    await wal.open();
    expect(await wal.replay(() => undefined)).toMatchObject({ records: 3 });
    await wal.close();
    await session.close({ clean: true });
    const again = await openAheadOn(root);
    expect(again.replayReport).toMatchObject({ quarantined: 0 });
    await again.close();
  });

  test('of a topic that was deleted are let go', async () => {
    const left = await leftBy(undefined, async (disk) => {
      const engine = await openAhead(disk);
      await filled(engine, 3);
      await engine.deleteTopic('b');
    });
    await left.run(async () => {
      const engine = await openAhead(left);
      expect(engine.replayReport).toMatchObject({ applied: 6, deleted: 6, quarantined: 0 });
      expect(engine.topics().map(({ name }) => name)).toEqual(['a']);
      await engine.close();
    });
  });

  test('an engine without a write-ahead log does not pass over one with writes in it', async () => {
    const root = new MemoryDirectory();
    const modules = [memoryModule(root)];
    const engine = await openAheadOn(root);
    await filled(engine, 1);
    const killed = await copyDirectory(root);
    await engine.close();
    await expectCode('COMPOSITION', () => openEngine({ modules: [memoryModule(killed)] }));
    const plain = await openEngine({ modules });
    expect(await valuesOf(plain, 'a', 0)).toEqual([0]);
    await plain.close();
  });
});

/** A data root that was killed with so many writes that only its write-ahead log has. */
async function killedRoot(writes: number): Promise<MemoryDirectory> {
  const disk = new MemoryDirectory();
  const engine = await openAheadOn(disk);
  await filled(engine, 0);
  const before = await copyDirectory(disk);
  await filled(engine, writes);
  const after = await copyDirectory(disk);
  await engine.close();
  const data = await before.directory('data', { create: false });
  await data.remove('wal');
  await copyInto(await after.directory('data', { create: false }), data, 'wal');
  return before;
}

async function copyInto(from: StorageDirectory, to: StorageDirectory, name: string): Promise<void> {
  const source = await from.directory(name, { create: false });
  const target = await to.directory(name, { create: true });
  for (const entry of await source.list()) {
    if (entry.kind === 'directory') continue;
    const file = await target.create(entry.name);
    await file.write(0, [await readFile(source, entry.name)]);
    await file.close();
  }
}

const dataOf = (root: StorageDirectory): Promise<StorageDirectory> =>
  root.directory('data', { create: false });

describe('a write-ahead log that is gone', () => {
  test.each(['whole', 'emptied'])('keeps the data root shut while it was needed: %s', async (how) => {
    const root = await killedRoot(3);
    const data = await dataOf(root);
    await data.remove('wal');
    if (how === 'emptied') await data.directory('wal', { create: true });
    const session = await readFile(data, 'SESSION');
    await expectCode('CORRUPT_METADATA', () => openAheadOn(root));
    await expectCode('CORRUPT_METADATA', () =>
      openEngine({ modules: [diskModule(() => root.directory('data', { create: true }))] }),
    );
    expect(await readFile(data, 'SESSION')).toEqual(session);
  });

  test('is reported by an engine that lives with damage, once', async () => {
    const root = await killedRoot(3);
    await (await dataOf(root)).remove('wal');
    const seen: string[] = [];
    const observe = (event: LogEvent): void => {
      if (event.type === 'corruption') seen.push(event.log);
    };
    const wal = { onCorruption: 'salvage' } as const;
    const engine = await openAheadOn(root, { wal, modules: [observerModule({ observe })] });
    expect(engine.replayReport).toMatchObject({ lost: true, applied: 0 });
    expect(seen).toEqual(['wal']);
    await filled(engine, 1);
    await engine.close();
    const again = await openAheadOn(root);
    expect(again.replayReport).toMatchObject({ lost: false });
    expect(await valuesOf(again, 'a', 0)).toEqual([0]);
    await again.close();
  });

  test('is missed by nobody after it has let go of everything', async () => {
    const root = await killedRoot(3);
    await (await openAheadOn(root)).close();
    const data = await dataOf(root);
    await data.remove('wal');
    const plain = await openEngine({ modules: [diskModule(() => dataOf(root))] });
    expect(await valuesOf(plain, 'a', 0)).toEqual(upTo(3));
    await plain.close();
    const engine = await openAheadOn(root);
    expect(engine.replayReport).toMatchObject({ lost: false });
    await engine.close();
  });

  test('is missed by nobody once an engine without one has closed', async () => {
    const root = new MemoryDirectory();
    const first = await openAheadOn(root);
    const killed = await copyDirectory(root);
    await first.close();
    const data = await dataOf(killed);
    await (await openEngine({ modules: [diskModule(() => dataOf(killed))] })).close();
    await data.remove('wal');
    await (await openAheadOn(killed)).close();
  });
});

describe('an engine that lives with damage of its write-ahead log', () => {
  const wal = { onCorruption: 'salvage', maxSegmentBytes: 4096, preallocateBytes: 0 } as const;

  /** Segments of a write-ahead log of several, of which the first is damaged. */
  async function damagedRoot(): Promise<{ root: MemoryDirectory; file: string; bytes: Uint8Array }> {
    const root = new MemoryDirectory();
    const engine = await openAheadOn(root, { wal });
    await filled(engine, 30);
    const killed = await copyDirectory(root);
    await engine.close();
    const directory = await (await dataOf(killed)).directory('wal', { create: false });
    const names = (await directory.list()).map(({ name }) => name).filter((name) => name.endsWith('.log'));
    const [file = ''] = names.toSorted();
    expect(names.length).toBeGreaterThan(2);
    const bytes = Uint8Array.from(await readFile(directory, file));
    bytes[1000] = (bytes[1000] ?? 0) ^ 1;
    const damaged = await directory.open(file);
    await damaged.write(0, [bytes]);
    await damaged.close();
    return { root: killed, file, bytes };
  }

  test('keeps a copy of a segment that it could not read before it lets go of it', async () => {
    const { root, file, bytes } = await damagedRoot();
    const data = await dataOf(root);
    const engine = await openAheadOn(root, { wal });
    expect(engine.replayReport?.gaps).not.toEqual([]);
    expect(engine.replayReport).toMatchObject({ copy: 'quarantine/wal-1' });
    await engine.close();
    await (await openAheadOn(root)).close();
    expect(await (await data.directory('wal', { create: false })).sizeOf(file)).toBeUndefined();
    const quarantine = await data.directory('quarantine', { create: false });
    const copy = await quarantine.directory('wal-1', { create: false });
    expect((await copy.list()).map(({ name }) => name)).toEqual([file]);
    expect(await readFile(copy, file)).toEqual(bytes);
  });

  test('keeps one copy, however often it is opened, and another one beside one that is cut short', async () => {
    const { root, file, bytes } = await damagedRoot();
    const before = await copyDirectory(root);
    await (await openAheadOn(root, { wal })).close();
    const copied = await (await dataOf(root)).directory('quarantine', { create: false });
    await copyInto(copied, await (await dataOf(before)).directory('quarantine', { create: true }), 'wal-1');
    const whole = await copyDirectory(before);
    const again = await openAheadOn(whole, { wal });
    expect(again.replayReport).toMatchObject({ copy: undefined });
    await again.close();
    const quarantine = await (await dataOf(before)).directory('quarantine', { create: false });
    const torn = await (await quarantine.directory('wal-1', { create: false })).open(file);
    await torn.write(bytes.length - 1, [Uint8Array.of((bytes.at(-1) ?? 0) ^ 1)]);
    await torn.close();
    const beside = await openAheadOn(before, { wal });
    expect(beside.replayReport).toMatchObject({ copy: 'quarantine/wal-2' });
    await beside.close();
  });
});
