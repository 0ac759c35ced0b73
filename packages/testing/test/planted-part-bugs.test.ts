import {
  type Checksum,
  fileIndex,
  groupCommit,
  type IndexStoreFactory,
  MemoryDirectory,
  type SegmentFacts,
  type SegmentIndex,
  type StorageDirectory,
  type SyncPolicyFactory,
  type UnsyncedTail,
} from '@seglog/core';
import { describe, expect, test } from 'vitest';
import { type CreateIndexStore, indexStoreConformance, syncPolicyConformance } from '../src/index.js';
import { failuresOf } from './planted-runner.js';
import { slowToRemove } from './slow-directory.js';

const checksum: Checksum = {
  id: 200,
  name: 'sum',
  of: (source, start, end, seed) =>
    source.subarray(start, end).reduce((sum, byte) => (sum * 31 + byte) >>> 0, seed),
};
const unproven: Checksum = { ...checksum, of: () => 0 };
const sound = fileIndex({ checksum });

const onMemory =
  (factory: IndexStoreFactory): CreateIndexStore =>
  () => {
    const directory = new MemoryDirectory();
    return { directory, factory, dispose: () => directory.close() };
  };

type Change = (index: SegmentIndex, segment: SegmentFacts) => Partial<SegmentIndex>;

const inDirectory = (change: Partial<StorageDirectory>): IndexStoreFactory => {
  return (directory) =>
    sound(
      new Proxy(directory, {
        get: (target, name) => {
          const value: unknown = Reflect.get(change, name) ?? Reflect.get(target, name);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      }),
    );
};

const withIndex =
  (change: Change): IndexStoreFactory =>
  (directory) => {
    const store = sound(directory);
    return {
      name: store.name,
      remove: (segment) => store.remove(segment),
      open: async (segment) => {
        const { index, coveredUpTo } = await store.open(segment);
        const whole: SegmentIndex = {
          append: (entry) => index.append(entry),
          floor: (offset) => index.floor(offset),
          floorByTime: (timestampMs) => index.floorByTime(timestampMs),
          truncateAfter: (position) => index.truncateAfter(position),
          flush: (upTo) => index.flush(upTo),
          close: () => index.close(),
        };
        return { index: { ...whole, ...change(index, segment) }, coveredUpTo };
      },
    };
  };

const brokenStores: Record<string, IndexStoreFactory> = {
  'a checksum that proves nothing': fileIndex({ checksum: unproven }),
  'an offset that is rounded up': withIndex((index) => ({ floor: (offset) => index.floor(offset + 1) })),
  'a time that is rounded up': withIndex((index) => ({ floorByTime: (time) => index.floorByTime(time + 1) })),
  'a position between frames': withIndex((index, { firstPosition }) => ({
    floor: async (offset) => Math.max((await index.floor(offset)) - 1, firstPosition),
  })),
  'a truncation that is ignored': withIndex(() => ({ truncateAfter: () => undefined })),
  'a flush that claims too much': withIndex((index) => ({ flush: (upTo) => index.flush(upTo + 1) })),
  'a flush that does nothing': withIndex(() => ({ flush: async () => undefined })),
  'a close that works once': withIndex((index) => {
    let closed = false;
    return {
      close: async () => {
        if (closed) throw new Error('closed already');
        closed = true;
        await index.close();
      },
    };
  }),
  'a close that does not wait for removals': (directory) =>
    withIndex(() => ({ close: async () => undefined }))(slowToRemove(directory)),
  'files that are never removed': inDirectory({ remove: async () => undefined }),
  'a store that believes in more than there is': (directory) => ({
    ...sound(directory),
    name: 'file',
    remove: (segment) => sound(directory).remove(segment),
    open: async (segment) => sound(directory).open({ ...segment, endPosition: 2 ** 50, nextOffset: 2 ** 50 }),
  }),
  'one index for all segments': (directory) => ({
    name: 'file',
    remove: (segment) => sound(directory).remove(segment),
    open: async (segment) => sound(directory).open({ ...segment, id: 'f'.repeat(16), baseOffset: 0 }),
  }),
};

describe('the exam of index stores notices', () => {
  for (const [name, factory] of Object.entries(brokenStores)) {
    test(name, async () => {
      const failures = await failuresOf((runner) =>
        indexStoreConformance(runner, name, onMemory(factory), { keeps: true, files: true }),
      );
      expect(failures).not.toEqual([]);
    });
  }
});

const policy =
  (decide: (tail: UnsyncedTail) => ReturnType<ReturnType<SyncPolicyFactory>['decide']>): SyncPolicyFactory =>
  () => ({ name: 'broken', acknowledge: 'synced', decide });

function brokenPolicies(): Record<string, SyncPolicyFactory> {
  const shared = groupCommit({ maxDelayMs: 5 })();
  let asked = 0;
  return {
    'a deadline that every write moves': policy(({ nowMs }) => ({ atMs: nowMs + 10 })),
    'a deadline that has passed': policy(({ nowMs }) => ({ atMs: nowMs })),
    'a deadline that never comes': policy(() => ({ atMs: Infinity })),
    'a deadline on the wall': policy(() => ({ atMs: Date.now() })),
    'a promise that is not kept': policy(({ bytes }) => (bytes > 1000 ? 'now' : 'later')),
    'a group that is due only now and then': policy(({ appends }) =>
      appends % 2 === 1 ? 'now' : { atMs: 1e12 },
    ),
    'a counter that all logs share': policy((tail) => {
      asked += 1;
      return asked % 3 === 0 ? 'now' : shared.decide(tail);
    }),
    'a tail that is kept': policy((tail) => ({
      get atMs(): number {
        return tail.firstWriteMs + 5;
      },
    })),
    'a name that nobody can read': () => ({ ...shared, name: 'two words\n' }),
  };
}

describe('the exam of sync policies notices', () => {
  for (const [name, factory] of Object.entries(brokenPolicies())) {
    test(name, async () => {
      expect(await failuresOf((runner) => syncPolicyConformance(runner, name, factory))).not.toEqual([]);
    });
  }
});
