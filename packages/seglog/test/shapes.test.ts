import { WRITE_AHEAD } from '@seglog/wal/inversify';
import { describe, expect, test } from 'vitest';
import {
  CLEANUP_OPTIONS,
  CLOCK,
  COMPACTION_STRATEGY,
  ContainerModule,
  codecModule,
  DISK,
  DISK_WRAPPER,
  diskModule,
  FRAME_CODEC,
  groupCommit,
  groupCommitModule,
  INDEX_STORE,
  MemoryDirectory,
  memoryIndex,
  memoryModule,
  OFFSET_MAP,
  observerModule,
  openEngine,
  PARTITIONER,
  partModule,
  RANDOM,
  READING_CHECKSUM,
  READING_CODEC,
  roundRobin,
  type StorageDirectory,
  SYNC_POLICY,
  serdeModule,
  syncAlways,
  syncModule,
} from '../src/index.js';

const foreign = (value: unknown): never => value as never;

/** A disk that notes whether it was opened and closed. */
class WatchedDisk {
  public opened = 0;
  public closed = 0;
  public readonly inner: MemoryDirectory = new MemoryDirectory();
  public readonly module: ContainerModule = diskModule(() => this.open());

  public open(): StorageDirectory {
    this.opened++;
    const close = this.inner.close.bind(this.inner);
    return Object.assign(this.inner, {
      close: () => {
        this.closed++;
        return close();
      },
    });
  }
}

const policy = (facts: object): ContainerModule =>
  syncModule(() => foreign({ name: 'mine', acknowledge: 'synced', decide: () => 'now', ...facts }));

const messageOf = (module: ContainerModule) =>
  openEngine({ modules: [memoryModule(), module] }).catch(String);

describe('before the disk is opened', () => {
  test.each<[string, ContainerModule, object]>([
    [
      'an index store whose maker was not called',
      partModule(INDEX_STORE, foreign(memoryIndex)),
      { part: 'index store' },
    ],
    ['an index store that is no factory', partModule(INDEX_STORE, foreign({})), { part: 'index store' }],
    ['a text bound as the sync policy', partModule(SYNC_POLICY, foreign('always')), { part: 'sync policy' }],
    ['a sync policy whose maker was not called', syncModule(foreign(groupCommit)), { part: 'sync policy' }],
    [
      'a sync policy whose maker takes no options and was not called',
      syncModule(foreign(syncAlways)),
      { part: 'sync policy', missing: 'decide' },
    ],
    [
      'a sync policy that acknowledges what nobody knows',
      policy({ acknowledge: 'sync' }),
      { part: 'sync policy', name: 'mine', acknowledge: 'sync' },
    ],
    ['a sync policy without a name', policy({ name: undefined }), { part: 'sync policy' }],
    ['a sync policy that decides nothing', policy({ decide: 'now' }), { missing: 'decide' }],
    [
      'a codec without methods',
      codecModule(foreign({ id: 200, name: 'x' })),
      { part: 'frame codec', missing: 'guarantees, maxRecordsPerFrame, forSegment' },
    ],
    ['no codec', codecModule(foreign(undefined)), { part: 'frame codec', given: 'undefined' }],
    ['a codec to read that is a number', partModule(READING_CODEC, foreign(1)), { part: 'reading codec' }],
    ['a checksum without of', partModule(READING_CHECKSUM, foreign({ id: 9 })), { missing: 'of' }],
    ['a partitioner that is no factory', partModule(PARTITIONER, foreign({})), { part: 'partitioner' }],
    [
      'a partitioner whose maker was not called',
      partModule(PARTITIONER, foreign(roundRobin)),
      { part: 'partitioner', missing: 'partition' },
    ],
    ['a disk wrapper that is no function', partModule(DISK_WRAPPER, foreign({})), { part: 'disk wrapper' }],
    ['an observer that does not observe', observerModule(foreign({})), { missing: 'observe' }],
    ['a serde without methods', serdeModule(foreign({})), { missing: 'name, serialize, deserialize' }],
    [
      'a clock without a schedule',
      partModule(CLOCK, foreign({ nowMs: Date.now, monotonicMs: Date.now })),
      { part: 'clock', missing: 'schedule' },
    ],
    ['chance of no bytes', partModule(RANDOM, foreign(Math.random)), { missing: 'bytes' }],
    ['a strategy that chooses nothing', partModule(COMPACTION_STRATEGY, foreign({})), { missing: 'choose' }],
    ['an offset map that is none', partModule(OFFSET_MAP, foreign({})), { missing: 'create' }],
    ['a number for cleanup options', partModule(CLEANUP_OPTIONS, foreign(1)), { part: 'cleanup options' }],
    ['true for a write-ahead log', partModule(WRITE_AHEAD, foreign(true)), { part: 'write-ahead log' }],
  ])('%s is refused', async (_case, module, facts) => {
    const disk = new WatchedDisk();
    const opening = openEngine({ modules: [disk.module, module] });
    await expect(opening).rejects.toMatchObject({
      code: 'COMPOSITION',
      facts: expect.objectContaining(facts),
    });
    expect(disk.opened).toBe(0);
  });

  test('the sentence says what the part should be', async () => {
    expect(await messageOf(partModule(INDEX_STORE, foreign({})))).toContain(
      'the index store is a factory, as memoryIndex() returns',
    );
    expect(await messageOf(partModule(INDEX_STORE, foreign(memoryIndex)))).toContain(
      'it is made by a factory, as memoryIndex() returns',
    );
    expect(await messageOf(policy({ acknowledge: 'sync' }))).toContain(
      "the sync policy is to acknowledge 'written' or 'synced'",
    );
  });
});

describe('a disk', () => {
  test.each<[string, ContainerModule]>([
    ['a path bound as the disk', partModule(DISK, foreign('./data'))],
    ['a path for what opens a disk', diskModule(foreign('./data'))],
    ['an opener that opens nothing', diskModule(() => foreign(undefined))],
    ['null', new ContainerModule(({ bind }) => void bind(DISK).toConstantValue(foreign(null)))],
  ])('that is none is refused: %s', async (_case, module) => {
    const opening = openEngine({ modules: [module] });
    await expect(opening).rejects.toMatchObject({ code: 'COMPOSITION' });
    await expect(opening).rejects.toThrow('preadModule(path)');
  });

  test.each<[string, (inner: StorageDirectory) => unknown]>([
    ['returns nothing', () => undefined],
    [
      'throws',
      () => {
        throw new TypeError('a class is called with new');
      },
    ],
  ])('is closed, with nothing written, when a wrapper %s', async (_case, wrap) => {
    const disk = new WatchedDisk();
    const modules = [disk.module, partModule(DISK_WRAPPER, foreign(wrap))];
    await expect(openEngine({ modules })).rejects.toMatchObject({ code: 'COMPOSITION' });
    expect([disk.opened, disk.closed]).toEqual([1, 1]);
  });

  test('that lacks methods is closed by what it has', async () => {
    let closed = 0;
    const half = { close: async () => void closed++ };
    await expect(openEngine({ modules: [diskModule(() => foreign(half))] })).rejects.toMatchObject({
      code: 'COMPOSITION',
      facts: { part: 'disk' },
    });
    expect(closed).toBe(1);
  });
});

describe('at once, before there is a module', () => {
  test('a part that does not exist is refused, and so is one that is nothing', () => {
    expect(() => partModule(foreign(undefined), {})).toThrow(TypeError);
    expect(() => partModule(foreign(undefined), {})).toThrow('there is no such part');
    expect(() => partModule(FRAME_CODEC, foreign(undefined))).toThrow(TypeError);
  });

  test('group commit without its options says which there are', () => {
    expect(() => groupCommitModule(foreign(undefined))).toThrow(
      new TypeError('options are an object with maxDelayMs, maxBytes'),
    );
  });

  test('a text that is no sync policy is quoted, with the forms that there are', () => {
    expect(() => syncModule('ms:100ms')).toThrow(
      new RangeError(
        'a sync policy is always, never, appends:100, bytes:1MiB, ms:100 or group:2ms, not "ms:100ms"',
      ),
    );
  });
});

test('a policy that turns bad after it was looked at does not open a partition', async () => {
  let made = 0;
  const turning = syncModule(() =>
    foreign({ name: 'turning', acknowledge: made++ === 0 ? 'synced' : 'sync', decide: () => 'now' }),
  );
  const engine = await openEngine({ modules: [memoryModule(), turning] });
  await expect(
    engine.createTopic('t', { partitions: 1 }).then((topic) => topic.append({ value: 1 })),
  ).rejects.toMatchObject({ code: 'COMPOSITION' });
  await engine.close();
});

test('a partitioner of a topic that makes none is refused when the topic is asked for', async () => {
  const engine = await openEngine({ modules: [memoryModule()] });
  await engine.createTopic('t', { partitions: 1 });
  expect(() => engine.topic('t', { partitioner: foreign(roundRobin) })).toThrow(
    expect.objectContaining({ code: 'COMPOSITION' }),
  );
  await engine.close();
});
