import { describe, expect, test } from 'vitest';
import { BufferPool, MemoryDirectory, memoryIndex, type StorageDirectory } from '../../src/index.js';
import { allOf, closeCleanly, copyOf, openOn, record } from './log-bench.js';

/** Readers of this disk answer later, as those on other threads do, or with bytes of their own, as those of a map do. */
function reading(directory: StorageDirectory, how: 'later' | 'in place'): StorageDirectory {
  const openReader = directory.openReader.bind(directory);
  const open = directory.directory.bind(directory);
  directory.directory = async (name, options) => reading(await open(name, options), how);
  directory.openReader = async (name, options) => {
    const reader = await openReader(name, options);
    const read = reader.read.bind(reader);
    reader.read = (position, scratch) => {
      if (how === 'in place') return read(position, new Uint8Array(scratch.length));
      return new Promise((resolve) => {
        setImmediate(() => resolve(read(position, scratch)));
      });
    };
    return reader;
  };
  return directory;
}

const bench = {
  settings: { maxSegmentBytes: 8192, indexIntervalBytes: 64, preallocateBytes: 0 },
  // Less than a segment holds: what is read at once ends in the middle of it.
  parts: { index: memoryIndex(), readBuffers: new BufferPool({ bufferBytes: 1024, maxIdle: 2 }) },
};

const value = (i: number): string => `v${i}`.padEnd(100, '.');

describe.each(['later', 'in place'] as const)('with readers that answer %s', (how) => {
  test('a killed log with producers is recovered as with any other', async () => {
    const one = await openOn(new MemoryDirectory(), bench);
    for (let i = 0; i < 120; i++) {
      await one.log.append([record(value(i))], { producer: { id: 'p', epoch: 0, sequence: i } });
    }
    const left = await copyOf(one.root);
    await closeCleanly(one);
    const two = await openOn(reading(left, how), bench);
    expect((await allOf(two.log)).map(([offset]) => offset)).toEqual(
      Array.from({ length: 120 }, (_, i) => i),
    );
    const again = await two.log.append([record(value(119))], {
      producer: { id: 'p', epoch: 0, sequence: 119 },
    });
    expect(again).toMatchObject({ duplicate: true, baseOffset: 119 });
    await closeCleanly(two);
  });

  test('an index that is made while records arrive leads to them as well', async () => {
    const one = await openOn(new MemoryDirectory(), bench);
    for (let i = 0; i < 20; i++) await one.log.append([record(value(i))]);
    await closeCleanly(one);
    const two = await openOn(reading(await copyOf(one.root), how), bench);
    const early = two.log.read(10);
    for (let i = 20; i < 25; i++) await two.log.append([record(value(i))]);
    for (let i = 25; i < 30; i++) {
      await two.log.append([record(value(i))]);
      const { records } = await two.log.read(i, { maxRecords: 1 });
      expect(records[0]?.offset).toBe(i);
    }
    expect((await early).records[0]?.offset).toBe(10);
    for (let i = 0; i < 30; i++) {
      expect((await two.log.read(i, { maxRecords: 1 })).records[0]?.offset).toBe(i);
    }
    await closeCleanly(two);
  });
});
