import { describe, expect, test } from 'vitest';
import {
  type Checksum,
  fileIndex,
  MemoryDirectory,
  memoryIndex,
  SeglogError,
  type SegmentFacts,
  type StorageDirectory,
} from '../../src/index.js';
import { segment } from './segment.js';

const checksum: Checksum = {
  id: 200,
  name: 'sum',
  of: (source, start, end, seed) =>
    source.subarray(start, end).reduce((sum, byte) => (sum * 31 + byte) >>> 0, seed),
};
const name = '00000000000000001000-00112233445566ff.idx';
const growing: SegmentFacts = { ...segment, sealed: false };

async function directoryWithIndex(): Promise<MemoryDirectory> {
  const directory = new MemoryDirectory();
  const { index } = await fileIndex({ checksum })(directory).open(segment);
  index.append({ offset: 1000, position: 128, maxTimestampMs: -1 });
  index.append({ offset: 2000, position: 9000, maxTimestampMs: 7 });
  await index.flush(segment.endPosition);
  await index.close();
  return directory;
}

/** The same directory, some of whose methods do something else. */
function changed(directory: StorageDirectory, change: Partial<StorageDirectory>): StorageDirectory {
  return {
    supports: directory.supports,
    descriptors: 0,
    list: () => directory.list(),
    sizeOf: (file) => directory.sizeOf(file),
    directory: (child, options) => directory.directory(child, options),
    create: (file) => directory.create(file),
    open: (file) => directory.open(file),
    openReader: (file, options) => directory.openReader(file, options),
    rename: (source, target) => directory.rename(source, target),
    remove: (file) => directory.remove(file),
    sync: () => directory.sync(),
    lock: (file) => directory.lock(file),
    close: () => directory.close(),
    ...change,
  };
}

const failing = (code: 'STORAGE' | 'READ_ONLY' | 'LOG_CLOSED') => (): Promise<never> =>
  Promise.reject(new SeglogError(code, 'refused'));

describe('indexes in files', () => {
  test('lie beside their segment under its name', async () => {
    const directory = await directoryWithIndex();
    expect(await directory.list()).toEqual([{ name, kind: 'file' }]);
  });

  test('are not written again when nothing has changed', async () => {
    const directory = await directoryWithIndex();
    const store = fileIndex({ checksum })(changed(directory, { create: failing('STORAGE') }));
    const { index, coveredUpTo } = await store.open(segment);
    expect(coveredUpTo).toBe(segment.endPosition);
    await index.flush(segment.endPosition);
    await expect(index.flush(segment.endPosition - 1)).rejects.toThrow('refused');
    await expect(index.flush(1)).rejects.toThrow(RangeError);
  });

  test('are not even opened when they are longer than any index', async () => {
    const directory = await directoryWithIndex();
    const store = fileIndex({ checksum, maxEntries: 2 });
    const closed = changed(directory, {
      sizeOf: async () => 52 + 24 * 2 + 1,
      openReader: failing('LOG_CLOSED'),
    });
    expect((await store(closed).open(segment)).coveredUpTo).toBe(segment.firstPosition);
  });

  test('that cannot be read count as not covered', async () => {
    const directory = changed(await directoryWithIndex(), { openReader: failing('STORAGE') });
    expect((await fileIndex({ checksum })(directory).open(segment)).coveredUpTo).toBe(128);
    expect(await directory.sizeOf(name)).toBe(100);
  });

  test('that end earlier than their size says count as not covered', async () => {
    const directory = changed(await directoryWithIndex(), { sizeOf: async () => 124 });
    expect((await fileIndex({ checksum })(directory).open(segment)).coveredUpTo).toBe(128);
  });

  test('of a closed directory are an error', async () => {
    const directory = changed(await directoryWithIndex(), { openReader: failing('LOG_CLOSED') });
    await expect(fileIndex({ checksum })(directory).open(segment)).rejects.toThrow('refused');
  });

  test('that are not believed go, durably, before a segment grows', async () => {
    const calls: string[] = [];
    const real = await directoryWithIndex();
    const directory = changed(real, {
      remove: async (file) => {
        calls.push(`remove ${file}`);
        await real.remove(file);
      },
      sync: async () => void calls.push('sync'),
    });
    const store = fileIndex({ checksum })(directory);
    const shorter = { ...growing, endPosition: segment.endPosition - 1 };
    expect((await store.open({ ...shorter, sealed: true })).coveredUpTo).toBe(128);
    expect(calls).toEqual([]);
    expect((await store.open(shorter)).coveredUpTo).toBe(128);
    expect(calls).toEqual([`remove ${name}`, 'sync']);
    expect((await store.open(growing)).coveredUpTo).toBe(128);
    expect(calls).toEqual([`remove ${name}`, 'sync', `remove ${name}`, 'sync']);
    const empty = { ...growing, endPosition: 128, nextOffset: 1000 };
    expect((await store.open(empty)).coveredUpTo).toBe(128);
    expect(calls).toHaveLength(4);
  });

  test('whose removal failed are replaced durably by the next flush', async () => {
    const real = await directoryWithIndex();
    let [refusing, syncs] = [true, 0];
    const directory = changed(real, {
      remove: async (file) => (refusing ? failing('STORAGE')() : real.remove(file)),
      sync: async () => {
        syncs += 1;
      },
    });
    const { index } = await fileIndex({ checksum })(directory).open(growing);
    index.truncateAfter(500);
    await index.close();
    expect(syncs).toBe(0);
    refusing = false;
    await index.flush(500);
    expect(syncs).toBe(1);
    await index.flush(600);
    expect(syncs).toBe(1);
  });

  test('that are not believed stay where nothing may be written', async () => {
    const real = await directoryWithIndex();
    const shorter = { ...growing, endPosition: segment.endPosition - 1 };
    const readOnly = changed(real, { remove: failing('READ_ONLY') });
    expect((await fileIndex({ checksum })(readOnly).open(shorter)).coveredUpTo).toBe(128);
    const broken = changed(real, { remove: failing('STORAGE') });
    await expect(fileIndex({ checksum })(broken).open(shorter)).rejects.toThrow('refused');
  });

  test('are removed when a truncation reaches below what they cover', async () => {
    const directory = await directoryWithIndex();
    const { index } = await fileIndex({ checksum })(directory).open(growing);
    index.truncateAfter(segment.endPosition);
    await index.close();
    expect(await directory.sizeOf(name)).toBe(100);
    index.truncateAfter(500);
    await index.close();
    expect(await directory.sizeOf(name)).toBeUndefined();
    expect(await index.floor(5000)).toBe(128);
    await index.flush(500);
    expect(await directory.sizeOf(name)).toBe(76);
  });

  test('of settings that are misspelt are refused, in memory too', () => {
    const misspelt = { maxEntry: 2 };
    expect(() => fileIndex({ checksum, ...misspelt })).toThrow(
      new RangeError('there is no option maxEntry; there are checksum, maxEntries'),
    );
    expect(() => memoryIndex(misspelt as never)).toThrow(
      new RangeError('there is no option maxEntry; there are maxEntries'),
    );
  });

  test('of odd settings are refused', () => {
    for (const maxEntries of [0, 1, 1.5, Number.NaN, 2 ** 32]) {
      expect(() => fileIndex({ checksum, maxEntries })).toThrow(RangeError);
    }
  });
});
