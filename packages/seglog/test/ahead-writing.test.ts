import { expectCode, expectRangeError, FaultyDirectory, SimulatedDisk } from '@seglog/testing';
import { describe, expect, test } from 'vitest';
import { type Engine, groupCommitModule, MemoryDirectory } from '../src/index.js';
import { leftBy, openAhead, openAheadOn, valuesOf } from './ahead-disk.js';

const part = (
  topic: string,
  partition: number,
  value: unknown,
): { topic: string; partition: number; records: { value: unknown }[] } => ({
  topic,
  partition,
  records: [{ value }],
});

describe('one sync', () => {
  test('acknowledges appends to any number of partitions', async () => {
    const disk = new SimulatedDisk({ seed: 1 });
    await disk.run(async () => {
      const engine = await openAhead(disk, { wal: { maxSegmentBytes: 1024 * 1024 } });
      const topic = await engine.createTopic('t', { partitions: 40 });
      const before = disk.trace.length;
      await Promise.all(Array.from({ length: 400 }, (_, i) => topic.append({ value: i, partition: i % 40 })));
      const calls = disk.trace.slice(before);
      const syncs = calls.filter(({ call }) => call === 'sync');
      expect(syncs.length).toBeLessThanOrEqual(2);
      // Not a write for each partition, either: these come when there is much to write, or at a checkpoint.
      expect(calls.filter(({ call }) => call === 'write').length).toBeLessThanOrEqual(2);
      expect(await valuesOf(engine, 't', 7)).toHaveLength(10);
      await engine.checkpoint();
      expect(disk.trace.slice(before).filter(({ call }) => call === 'write').length).toBeGreaterThan(40);
      await engine.close();
    });
  });

  test('comes when the deadline of the first append has passed, whatever comes behind it', async () => {
    const disk = new SimulatedDisk({ seed: 1 });
    await disk.run(async () => {
      const engine = await openAhead(disk, { modules: [groupCommitModule({ maxDelayMs: 20 })] });
      const topic = await engine.createTopic('t', { partitions: 10 });
      const waits: Promise<number>[] = [];
      for (let i = 0; i < 50; i += 1) {
        const startedMs = disk.clock.monotonicMs();
        waits.push(
          topic.append({ value: i, partition: i % 10 }).then(() => disk.clock.monotonicMs() - startedMs),
        );
        await disk.clock.sleep(8);
      }
      expect(Math.max(...(await Promise.all(waits)))).toBeLessThanOrEqual(20 + 8);
      await engine.close();
    });
  });
});

async function twoTopics(disk: SimulatedDisk): Promise<Engine> {
  const engine = await openAhead(disk);
  for (const name of ['a', 'b']) await engine.createTopic(name, { partitions: 2 });
  return engine;
}

describe('a write to several partitions', () => {
  test('says where each record went', async () => {
    const disk = new SimulatedDisk({ seed: 1 });
    await disk.run(async () => {
      const engine = await twoTopics(disk);
      await engine.write([part('a', 0, 'x')]);
      const results = await engine.write([
        {
          topic: 'a',
          records: [
            { value: 1, partition: 1 },
            { value: 2, partition: 0 },
            { value: 3, partition: 1 },
          ],
        },
        part('b', 0, 4),
        part('a', 1, 5),
      ]);
      const places = results.map((one) => one.map(({ partition, offset }) => [partition, offset]));
      expect(places).toEqual([
        [
          [1, 0],
          [0, 1],
          [1, 1],
        ],
        [[0, 0]],
        [[1, 2]],
      ]);
      await engine.close();
    });
  });

  test('with one wrong expectation writes nothing anywhere, and takes no offset', async () => {
    const disk = new SimulatedDisk({ seed: 1 });
    await disk.run(async () => {
      const engine = await twoTopics(disk);
      await engine.write([part('a', 0, 0), part('b', 0, 0)]);
      await expectCode(
        'WRONG_EXPECTED_OFFSET',
        () =>
          engine.write([
            { ...part('a', 0, 1), expectedOffset: 1 },
            { ...part('b', 0, 1), expectedOffset: 5 },
          ]),
        { expected: 5, actual: 1 },
      );
      await engine.write([
        { ...part('a', 0, 2), expectedOffset: 1 },
        { ...part('b', 0, 2), expectedOffset: 1 },
      ]);
      expect(await valuesOf(engine, 'a', 0)).toEqual([0, 2]);
      expect(await valuesOf(engine, 'b', 0)).toEqual([0, 2]);
      await engine.close();
    });
  });

  test('becomes visible in all of them in one step', async () => {
    const disk = new SimulatedDisk({ seed: 1 });
    await disk.run(async () => {
      const engine = await twoTopics(disk);
      const logs = [await engine.log('a', 0), await engine.log('b', 1)];
      const writing = new AbortController();
      const seen = new Set<string>();
      const watch = (async () => {
        while (!writing.signal.aborted) {
          seen.add(logs.map((log) => log.offsets().logEnd).join('='));
          await disk.clock.sleep(0.01);
        }
      })();
      for (let i = 0; i < 20; i += 1) await engine.write([part('a', 0, i), part('b', 1, i)]);
      writing.abort();
      await watch;
      for (const ends of seen) expect(new Set(ends.split('=')).size).toBe(1);
      expect(seen.size).toBeGreaterThan(5);
      await engine.close();
    });
  });

  test('that is larger than a piece or a segment is still one', async () => {
    const left = await leftBy(undefined, async (disk) => {
      const engine = await openAhead(disk, { wal: { pieceBytes: 1000, maxSegmentBytes: 8192 } });
      await engine.createTopic('a', { partitions: 3 });
      await engine.write([0, 1, 2].map((partition) => part('a', partition, 'x'.repeat(9000))));
    });
    await left.run(async () => {
      const engine = await openAhead(left);
      for (const partition of [0, 1, 2]) expect(await valuesOf(engine, 'a', partition)).toHaveLength(1);
      await engine.close();
    });
  });

  test('needs records, topics and a write-ahead log that takes them', async () => {
    const disk = new SimulatedDisk({ seed: 1 });
    await disk.run(async () => {
      const engine = await openAhead(disk, { wal: { maxRecordBytes: 2000 } });
      await engine.createTopic('a', { partitions: 2 });
      await expectCode('INVALID_RECORD', () => engine.write([]));
      await expectCode('TOPIC_NOT_FOUND', () => engine.write([part('z', 0, 1)]));
      await expectCode('PARTITION_NOT_FOUND', () => engine.write([part('a', 0, 1), part('a', 2, 1)]));
      await expectCode('RECORD_TOO_LARGE', () =>
        engine.write([part('a', 0, 'x'.repeat(1500)), part('a', 1, 'x'.repeat(1500))]),
      );
      await expectRangeError(() =>
        engine.write([part('a', 0, 1), { ...part('a', 0, 1), expectedOffset: 0 }]),
      );
      expect(await valuesOf(engine, 'a', 0)).toEqual([]);
      await engine.close();
    });
  });
});

async function walBytes(disk: SimulatedDisk): Promise<number> {
  const directory = await disk.root.directory('wal', { create: false });
  let bytes = 0;
  for (const { name } of await directory.list())
    if (name.endsWith('.log')) bytes += (await directory.sizeOf(name)) ?? 0;
  return bytes;
}

describe('checkpoints', () => {
  test('keep the write-ahead log under its bound while the engine runs, and nobody waits in vain', async () => {
    const disk = new SimulatedDisk({ seed: 1 });
    await disk.run(async () => {
      const maxWalBytes = 32 * 1024;
      const engine = await openAhead(disk, { wal: { maxWalBytes, maxSegmentBytes: 8192 } });
      const topic = await engine.createTopic('t', { partitions: 5 });
      let most = 0;
      for (let i = 0; i < 60; i += 1) {
        await Promise.all(
          [0, 1, 2, 3, 4].map((partition) => topic.append({ value: 'x'.repeat(1000), partition })),
        );
        most = Math.max(most, await walBytes(disk));
      }
      expect(most).toBeLessThan(maxWalBytes + 2 * 8192);
      await engine.close();
    });
  });
});

describe('when something fails', () => {
  test('a shutdown whose sync failed keeps the write-ahead log, and the next opening has everything', async () => {
    const memory = new MemoryDirectory();
    const faulty = new FaultyDirectory(memory);
    const engine = await openAheadOn(faulty);
    const topic = await engine.createTopic('t', { partitions: 2 });
    for (let i = 0; i < 6; i += 1) await topic.append({ value: i, partition: i % 2 });
    const log = await engine.log('t', 1);
    const [{ id } = { id: '' }] = log.maintenance.segments();
    faulty.faults.inject({ call: 'sync', name: new RegExp(id), times: Number.POSITIVE_INFINITY });
    await expect(engine.close()).rejects.toMatchObject({ code: 'STORAGE' });
    faulty.faults.heal();
    const again = await openAheadOn(memory);
    // The first one was only for the other partition, which was closed cleanly.
    expect(again.replayReport?.skipped).toBe(5);
    expect(await valuesOf(again, 't', 1)).toEqual([1, 3, 5]);
    await again.close();
  });

  test('a log that cannot take a durable write stops with all partitions of that write, and a replay brings it', async () => {
    const memory = new MemoryDirectory();
    const faulty = new FaultyDirectory(memory);
    const engine = await openAheadOn(faulty, { settings: { maxSegmentBytes: 4096 } });
    await engine.createTopic('t', { partitions: 3 });
    // So long that both do not fit into one segment.
    const [first, second] = ['first'.repeat(300), 'second'.repeat(400)];
    await engine.write([0, 1, 2].map((partition) => part('t', partition, first)));
    // The next segment of partition 1: that of partition 0 comes before it.
    faulty.faults.inject({ call: 'create', name: /^0{19}1-/, nth: 2 });
    await expectCode('APPEND_UNKNOWN', () => engine.write([part('t', 0, second), part('t', 1, second)]));
    await expectCode('LOG_POISONED', () => engine.topic('t').append({ value: 'third', partition: 0 }));
    expect(await valuesOf(engine, 't', 0)).toEqual([first]);
    await engine.topic('t').append({ value: 'third', partition: 2 });
    await engine.checkpoint();
    await engine.close().catch(() => undefined);
    const again = await openAheadOn(memory);
    expect(await valuesOf(again, 't', 0)).toEqual([first, second]);
    expect(await valuesOf(again, 't', 1)).toEqual([first, second]);
    expect(await valuesOf(again, 't', 2)).toEqual([first, 'third']);
    await again.close();
  });

  test('a log whose file takes nothing more goes on showing what is durable, stops, and gets it by a replay', async () => {
    const memory = new MemoryDirectory();
    const faulty = new FaultyDirectory(memory);
    const engine = await openAheadOn(faulty, { wal: { tailBytes: 200 } });
    const topic = await engine.createTopic('t', { partitions: 2 });
    const [{ id } = { id: '' }] = (await engine.log('t', 1)).maintenance.segments();
    faulty.faults.inject({ call: 'write', name: new RegExp(id) });
    await topic.append({ value: 'first', partition: 1 });
    await topic.append({ value: 'x'.repeat(500), partition: 1 });
    await expectCode('APPEND_UNKNOWN', () => topic.append({ value: 'y'.repeat(500), partition: 1 }));
    await expectCode('LOG_POISONED', () => topic.append({ value: 'z', partition: 1 }));
    expect(await valuesOf(engine, 't', 1)).toEqual(['first', 'x'.repeat(500)]);
    await topic.append({ value: 'other', partition: 0 });
    await engine.close().catch(() => undefined);
    const again = await openAheadOn(memory);
    expect(await valuesOf(again, 't', 1)).toEqual(['first', 'x'.repeat(500), 'y'.repeat(500)]);
    expect(await valuesOf(again, 't', 0)).toEqual(['other']);
    await again.close();
  });

  test('a disk that is full at a checkpoint stops nobody, and the next checkpoint has everything', async () => {
    const memory = new MemoryDirectory();
    const faulty = new FaultyDirectory(memory);
    const engine = await openAheadOn(faulty);
    const topic = await engine.createTopic('t', { partitions: 2 });
    await topic.append({ value: 0, partition: 1 });
    const [{ id } = { id: '' }] = (await engine.log('t', 1)).maintenance.segments();
    faulty.faults.inject({ call: 'write', name: new RegExp(id), code: 'STORAGE_FULL', partialBytes: 20 });
    await engine.checkpoint();
    await topic.append({ value: 1, partition: 1 });
    expect(await valuesOf(engine, 't', 1)).toEqual([0, 1]);
    await engine.checkpoint();
    await engine.close();
    const again = await openAheadOn(memory);
    expect(again.replayReport?.applied).toBe(0);
    expect(await valuesOf(again, 't', 1)).toEqual([0, 1]);
    await again.close();
  });

  test('a full disk refuses a write and those behind it, and the next one gets their offsets', async () => {
    const faulty = new FaultyDirectory(new MemoryDirectory());
    const engine = await openAheadOn(faulty, { wal: { preallocateBytes: 0 } });
    const topic = await engine.createTopic('t', { partitions: 2 });
    await topic.append({ value: 0, partition: 0 });
    faulty.faults.inject({ call: 'write', name: /^0{20}-/, code: 'STORAGE_FULL', partialBytes: 20 });
    const refused = await Promise.allSettled(
      [1, 2, 3].map((value) => topic.append({ value, partition: value % 2 })),
    );
    expect(refused.map((one) => (one.status === 'rejected' ? one.reason.code : one.value))).toEqual(
      Array.from({ length: 3 }, () => 'STORAGE_FULL'),
    );
    expect(await topic.append({ value: 4, partition: 0 })).toMatchObject({ offset: 1 });
    expect(await topic.append({ value: 5, partition: 1 })).toMatchObject({ offset: 0 });
    expect(await valuesOf(engine, 't', 0)).toEqual([0, 4]);
    await engine.close();
  });

  test('a failed sync of the write-ahead log stops all writing, and reading goes on', async () => {
    const memory = new MemoryDirectory();
    const faulty = new FaultyDirectory(memory);
    const engine = await openAheadOn(faulty);
    const topic = await engine.createTopic('t', { partitions: 2 });
    await topic.append({ value: 0, partition: 0 });
    faulty.faults.inject({ call: 'sync', name: /^0{20}-/ });
    await expectCode('APPEND_UNKNOWN', () => topic.append({ value: 1, partition: 1 }));
    await expectCode('LOG_POISONED', () => topic.append({ value: 2, partition: 0 }));
    expect(await valuesOf(engine, 't', 0)).toEqual([0]);
    await expect(engine.close()).rejects.toBeDefined();
    const again = await openAheadOn(memory);
    expect(await valuesOf(again, 't', 0)).toEqual([0]);
    await again.close();
  });
});
