import { copyDirectory, expectCode, readFile, type SimulatedDisk } from '@seglog/testing';
import { describe, expect, test } from 'vitest';
import {
  crc32c,
  defaultComponents,
  type Engine,
  MemoryDirectory,
  memoryModule,
  openEngine,
  type ProducerStamp,
  type RecordInput,
  SegmentedWriteAheadLog,
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
