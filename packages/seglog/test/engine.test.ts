import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SimulatedDisk } from '@seglog/testing';
import { ContainerModule } from 'inversify';
import { afterEach, describe, expect, test } from 'vitest';
import {
  batchFrameCodec,
  CHECKSUM,
  CLOCK,
  type Clock,
  codecModule,
  crc32,
  crc32c,
  crcFrameCodec,
  DISK,
  DISK_WRAPPER,
  diskModule,
  type Engine,
  FRAME_CODEC,
  type FrameCodec,
  groupCommitModule,
  INDEX_STORE,
  type LogEvent,
  MemoryDirectory,
  MmapDirectory,
  memoryIndex,
  memoryModule,
  mmapModule,
  noIndex,
  observerModule,
  openEngine,
  PARTITIONER,
  partModule,
  preadModule,
  RANDOM,
  READING_CODEC,
  roundRobin,
  SeglogError,
  type Serde,
  type StorageDirectory,
  SystemClock,
  serdeModule,
  syncModule,
  syncNever,
  walModule,
} from '../src/index.js';

const opened: Engine[] = [];
const roots: string[] = [];
afterEach(async () => {
  for (const engine of opened.splice(0)) await engine.close().catch(() => undefined);
  for (const root of roots.splice(0)) await rm(root, { recursive: true, force: true });
});

async function open(...args: Parameters<typeof openEngine>): Promise<Engine> {
  const engine = await openEngine(...args);
  opened.push(engine);
  return engine;
}

async function temporaryRoot(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'seglog-engine-'));
  roots.push(root);
  return root;
}

/** Appends through the parts under test, then reads everything back with the parts of another engine. */
async function roundTrip(modules: readonly ContainerModule[], reading: readonly ContainerModule[] = modules) {
  const engine = await open({ modules });
  const topic = await engine.createTopic('orders', { partitions: 2 });
  const records = Array.from({ length: 40 }, (_, index) => ({ key: `o-${index}`, value: { total: index } }));
  const results = await topic.append(records);
  await engine.close();
  const again = await open({ modules: reading });
  const orders = again.topic('orders');
  for (const [index, { partition, offset }] of results.entries()) {
    const [record] = (await orders.read(partition, offset, { maxRecords: 1 })).records;
    expect(record).toMatchObject(records[index] ?? {});
  }
  return { engine: again, results };
}

/** The batch codec under another id or name. */
function renamed({ id, name }: { readonly id: number; readonly name: string }): FrameCodec {
  const codec = batchFrameCodec();
  const { guarantees, maxRecordsPerFrame } = codec;
  return { id, name, guarantees, maxRecordsPerFrame, forSegment: (context) => codec.forSegment(context) };
}

class LateClock implements Clock {
  readonly #system = new SystemClock();
  public nowMs(): number {
    return 4_000_000_000_000;
  }
  public monotonicMs(): number {
    return this.#system.monotonicMs();
  }
  public schedule(delayMs: number, callback: () => void): ReturnType<Clock['schedule']> {
    return this.#system.schedule(delayMs, callback);
  }
}

describe('one line swaps', () => {
  test('the frame codec, and the data of the one before can still be read', async () => {
    const disk = memoryModule();
    await roundTrip([disk], [disk, codecModule(crcFrameCodec())]);
    const engine = opened.at(-1);
    await engine?.topic('orders').append({ key: 'new', value: { total: 1 } });
    await engine?.close();
    const again = await open({ modules: [disk] });
    expect((await again.topic('orders').offsets()).reduce((sum, { logEnd }) => sum + logEnd, 0)).toBe(41);
  });

  test('the index store', async () => {
    const disk = memoryModule();
    await roundTrip(
      [disk, partModule(INDEX_STORE, memoryIndex())],
      [disk, partModule(INDEX_STORE, noIndex())],
    );
  });

  test('the sync policy', async () => {
    const { results } = await roundTrip([memoryModule(), groupCommitModule({ maxDelayMs: 1 })]);
    expect(results[0]?.durability).toBe('synced');
    const written = await roundTrip([memoryModule(), syncModule('appends:100')]);
    expect(written.results[0]?.durability).toBe('written');
    const never = await roundTrip([memoryModule(), syncModule(syncNever())]);
    expect(never.results[0]?.durability).toBe('written');
  });

  test('the reader of segments: memory maps over the real disk', async () => {
    const root = await temporaryRoot();
    const { engine } = await roundTrip([preadModule(root)], [preadModule(root), mmapModule()]);
    expect(engine.stats()).toMatchObject({ topics: 1, partitions: 2, records: 40 });
  });

  test('the disk: real, in memory, simulated', async () => {
    const root = await temporaryRoot();
    await roundTrip([preadModule(root, { maxOpenFiles: 8 })]);
    const disk = new SimulatedDisk({ seed: 7 });
    await disk.run(() =>
      roundTrip([
        preadModule('./never-touched'),
        diskModule(() => disk.root),
        partModule(CLOCK, disk.clock),
        partModule(RANDOM, disk.random),
      ]),
    );
    expect(disk.trace.length).toBeGreaterThan(0);
  });

  test('the clock', async () => {
    const { engine } = await roundTrip([memoryModule(), partModule(CLOCK, new LateClock())]);
    expect(engine.topics()[0]?.createdAtMs).toBe(4_000_000_000_000);
    const { records } = await engine.topic('orders').read(0, 0);
    expect(records.every(({ timestampMs }) => timestampMs === 4_000_000_000_000)).toBe(true);
  });

  test('the checksum of frames, the partitioner, observers and serdes', async () => {
    const events: LogEvent[] = [];
    const numbers: Serde<number> = {
      name: 'numbers',
      serialize: (value) => Buffer.from(String(value)),
      deserialize: (bytes) => Number(Buffer.from(bytes).toString()),
    };
    const modules = [
      memoryModule(),
      partModule(CHECKSUM, crc32()),
      partModule(PARTITIONER, roundRobin()),
      observerModule({ observe: (event) => events.push(event) }),
      observerModule({
        observe: () => {
          throw new Error('a watcher that breaks');
        },
      }),
      serdeModule(numbers),
    ];
    const engine = await open({ modules });
    const topic = await engine.createTopic('n', { value: numbers, partitions: 2 });
    const results = await topic.append([{ value: 1 }, { value: 2 }, { value: 3 }]);
    expect(results.map(({ partition }) => partition)).toEqual([0, 1, 0]);
    await engine.close();
    const again = await open({ modules });
    expect((await again.topic('n').read(0, 0)).records.map(({ value }) => value)).toEqual([1, 3]);
    expect(new Set(events.map(({ type }) => type))).toContain('topic-created');
  });
});

test('checksums of another native function are those of the house, in partitions and in the write-ahead log', async () => {
  const bytes = { partition: 0, wal: 0 };
  let counted: keyof typeof bytes = 'partition';
  const native = (input: Uint8Array, seed: number): number => {
    bytes[counted] += input.length;
    return crc32c().of(input, 0, input.length, seed);
  };
  const value = 'v'.repeat(1000);
  const disk = memoryModule();
  const summed = partModule(CHECKSUM, crc32c(native));
  for (const modules of [
    [disk, summed],
    [disk, summed, walModule()],
  ]) {
    const engine = await open({ modules });
    const topic = engine.topics().length === 0 ? await engine.createTopic('t') : engine.topic('t');
    bytes[counted] = 0;
    await topic.append([{ key: 'k', value }]);
    expect(bytes[counted]).toBeGreaterThan(1000);
    await engine.close();
    counted = 'wal';
  }
  expect(bytes.wal).toBeGreaterThan(bytes.partition + 1000);
  const engine = await open({ modules: [disk] });
  const { records } = await engine.topic('t').read(engine.topic('t').partitionFor('k'), 0);
  expect(records.map((record) => record.value)).toEqual([value, value]);
});

describe('modules', () => {
  test('the last one wins, with a plain bind of its own', async () => {
    const made: string[] = [];
    const disk = (name: string): ContainerModule =>
      new ContainerModule(({ bind }) => {
        bind(DISK).toResolvedValue(() => {
          made.push(name);
          return new MemoryDirectory();
        });
      });
    await open({ modules: [disk('first'), disk('second'), disk('third')] });
    expect(made).toEqual(['third']);
  });

  test('may load asynchronously, and keep their order', async () => {
    const slow = new ContainerModule(async ({ bind }) => {
      await new Promise((resolve) => {
        setTimeout(resolve, 20);
      });
      bind(FRAME_CODEC).toConstantValue(crcFrameCodec());
    });
    const disk = memoryModule();
    await (await open({ modules: [disk, slow, codecModule(batchFrameCodec())] })).close();
    await (await open({ modules: [disk] })).close();
  });

  test('wrappers are put on the disk in their order', async () => {
    const order: string[] = [];
    const wrapper = (name: string): ContainerModule =>
      partModule(DISK_WRAPPER, (inner: StorageDirectory) => {
        order.push(`${name} on ${inner.constructor.name}`);
        return new MmapDirectory(inner);
      });
    await open({ modules: [memoryModule(), wrapper('first'), wrapper('second')] });
    expect(order).toEqual(['first on MemoryDirectory', 'second on MmapDirectory']);
  });
});

describe('a wrong composition says at open what is wrong and what to do', () => {
  const foreign = renamed({ id: 200, name: 'foreign' });

  test('no disk', async () => {
    await expect(openEngine({ modules: [] })).rejects.toMatchObject({
      code: 'COMPOSITION',
      facts: { part: 'disk' },
      message: expect.stringContaining('add preadModule(path)'),
    });
  });

  test('a part that cannot be made', async () => {
    const broken = new ContainerModule(({ bind }) => {
      bind(INDEX_STORE).toResolvedValue(() => {
        throw new Error('no index today');
      });
    });
    const error = await openEngine({ modules: [memoryModule(), broken] }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'COMPOSITION', facts: { part: 'index store' } });
    const unbound = Symbol.for('nobody binds this');
    const hungry = new ContainerModule(({ bind }) => {
      bind(INDEX_STORE).toResolvedValue((_missing: unknown) => noIndex(), [unbound]);
    });
    await expect(openEngine({ modules: [memoryModule(), hungry] })).rejects.toMatchObject({
      code: 'COMPOSITION',
    });
  });

  test('a codec on disk that is not registered', async () => {
    const disk = memoryModule();
    const engine = await open({ modules: [disk, codecModule(foreign)] });
    await engine.createTopic('t');
    await engine.close();
    const error: unknown = await openEngine({ modules: [disk] }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'COMPOSITION', facts: { id: 200, name: 'foreign' } });
    await expect(openEngine({ modules: [disk], readOnly: true })).rejects.toMatchObject({
      code: 'COMPOSITION',
    });
    const reading = partModule(READING_CODEC, foreign);
    expect((await open({ modules: [disk, reading] })).topics()).toHaveLength(1);
  });

  test('two codecs with one id', async () => {
    const twin = renamed({ id: batchFrameCodec().id, name: 'foreign' });
    await expect(
      openEngine({ modules: [memoryModule(), partModule(READING_CODEC, twin)] }),
    ).rejects.toMatchObject({
      code: 'COMPOSITION',
      facts: { second: 'foreign' },
    });
  });

  test.each([0, 256, 1.5])('a codec with the id %d, which no segment can carry', async (id) => {
    const codec = renamed({ id, name: 'foreign' });
    await expect(openEngine({ modules: [memoryModule(), codecModule(codec)] })).rejects.toMatchObject({
      code: 'COMPOSITION',
      facts: { part: 'frame codec', name: 'foreign' },
    });
  });

  test('settings that are unknown or contradict each other', async () => {
    const modules = [memoryModule()];
    const unknown: object = { maxSegmentByte: 1 };
    await expect(openEngine({ modules, settings: unknown })).rejects.toThrow(
      'there is no setting maxSegmentByte',
    );
    const settings = { maxSegmentBytes: 8192, maxFrameBytes: 1_000_000 };
    await expect(openEngine({ modules, settings })).rejects.toMatchObject({ code: 'COMPOSITION' });
    const engine = await open({ modules });
    await expect(engine.createTopic('t', { settings: { maxSegmentBytes: 1 } })).rejects.toBeInstanceOf(
      RangeError,
    );
    await expect(engine.createTopic('t', { settings: { typo: 1 } })).rejects.toBeInstanceOf(RangeError);
    expect(engine.topics()).toEqual([]);
  });
});

describe('an engine', () => {
  test('excludes a second writer, and leaves nothing open when it cannot be opened', async () => {
    const root = await temporaryRoot();
    const engine = await open({ modules: [preadModule(root)] });
    await expect(openEngine({ modules: [preadModule(root)] })).rejects.toMatchObject({ code: 'LOG_LOCKED' });
    await engine.close();
    await open({ modules: [preadModule(root)] });
  });

  test('read-only reads beside a writer and changes nothing', async () => {
    const root = await temporaryRoot();
    const writer = await open({ modules: [preadModule(root)] });
    const topic = await writer.createTopic<number>('live', { partitions: 1 });
    await topic.append([{ value: 1 }, { value: 2 }]);
    const reader = await open({ modules: [preadModule(root, { create: false })], readOnly: true });
    // Only the writer knows what its last sync covered, so what is durable by default may end earlier.
    const { records } = await reader.topic('live').read(0, 0, { isolation: 'uncommitted' });
    expect(records.map(({ value }) => value)).toEqual([1, 2]);
    await expect(reader.topic('live').append({ value: 3 })).rejects.toMatchObject({ code: 'READ_ONLY' });
    await expect(reader.createTopic('no')).rejects.toMatchObject({ code: 'READ_ONLY' });
    await topic.append({ value: 3 });
  });

  test('read-only on a root that was never made has no topics and makes nothing', async () => {
    const root = join(await temporaryRoot(), 'missing');
    const engine = await open({ modules: [preadModule(root)], readOnly: true });
    expect(engine.topics()).toEqual([]);
    await engine.close();
    await expect(rm(root, { recursive: true })).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('reports what recovery did, for every partition on demand', async () => {
    const disk = memoryModule();
    const engine = await open({ modules: [disk] });
    await (await engine.createTopic('a', { partitions: 2 })).append({ value: 1, partition: 0 });
    await engine.close();
    const again = await open({ modules: [disk] });
    expect(again.recoveryReports().size).toBe(0);
    const reports = await again.recover();
    expect([...reports.keys()].toSorted()).toEqual(['a/0', 'a/1']);
    expect([...reports.values()].every(({ clean }) => clean)).toBe(true);
    expect(again.stats()).toMatchObject({ partitions: 2, openPartitions: 2, records: 1, durableLag: 0 });
  });

  test('closes once, in order, and refuses what comes later', async () => {
    const calls: string[] = [];
    class Watched extends MemoryDirectory {
      public override async close(): Promise<void> {
        calls.push('disk');
        await super.close();
      }
    }
    const observer = observerModule({ observe: ({ type }) => calls.push(type) });
    const engine = await open({ modules: [diskModule(() => new Watched()), observer] });
    const topic = await engine.createTopic('t', { partitions: 1 });
    await Promise.all([engine.close(), engine.close(), engine[Symbol.asyncDispose]()]);
    expect(calls.slice(-2)).toEqual(['closed', 'disk']);
    expect(calls.filter((call) => call === 'disk')).toHaveLength(1);
    await expect(topic.append({ value: 1 })).rejects.toMatchObject({ code: 'LOG_CLOSED' });
    await expect(engine.createTopic('u')).rejects.toMatchObject({ code: 'LOG_CLOSED' });
    expect(() => engine.stats()).toThrow('closed');
  });

  test('gives up opening when it is aborted, and leaves the root free', async () => {
    const disk = memoryModule();
    const signal = AbortSignal.abort(new Error('changed my mind'));
    await expect(openEngine({ modules: [disk], signal })).rejects.toThrow('changed my mind');
    const controller = new AbortController();
    const late = new ContainerModule(({ bind }) => {
      bind(PARTITIONER).toResolvedValue(() => {
        controller.abort(new Error('too late'));
        return roundRobin();
      });
    });
    const opening = openEngine({ modules: [disk, late], signal: controller.signal });
    await expect(opening).rejects.toThrow('too late');
    await open({ modules: [disk] });
  });

  test('a disk without what durability stands on is refused for writing', async () => {
    const weak = diskModule(() =>
      Object.assign(new MemoryDirectory(), {
        supports: { directorySync: true, lock: false, atomicRename: true },
      }),
    );
    const error: unknown = await openEngine({ modules: [weak] }).catch((reason: unknown) => reason);
    expect(SeglogError.is(error, 'COMPOSITION')).toBe(true);
    expect(error).toMatchObject({ facts: { part: 'disk', missing: 'lock' } });
  });
});

/** Counts what is read of segments. */
function counting(directory: StorageDirectory, count: { reads: number }): StorageDirectory {
  const openReader = directory.openReader.bind(directory);
  const child = directory.directory.bind(directory);
  directory.directory = async (name, options) => counting(await child(name, options), count);
  directory.openReader = async (name, options) => {
    const reader = await openReader(name, options);
    const read = reader.read.bind(reader);
    reader.read = (position, scratch) => {
      if (name.endsWith('.log')) count.reads++;
      return read(position, scratch);
    };
    return reader;
  };
  return directory;
}

test.each([
  [0, true],
  [1024 * 1024, false],
])(
  'with %j bytes for frames, whether a record is read from the disk again: %j',
  async (frameCacheBytes, again) => {
    const count = { reads: 0 };
    const modules = [diskModule(() => counting(new MemoryDirectory(), count))];
    const engine = await open({ modules, settings: { frameCacheBytes } });
    const topic = await engine.createTopic('t', { partitions: 1 });
    await topic.append([{ value: 'a' }, { value: 'b' }]);
    // What was written last is remembered for those who follow.
    await topic.append([{ value: 'c' }]);
    for (let i = 0; i < 3; i++) await topic.read(0, 1, { maxRecords: 1 });
    const before = count.reads;
    await topic.read(0, 1, { maxRecords: 1 });
    expect(count.reads > before).toBe(again);
  },
);
