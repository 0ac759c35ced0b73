import { expect, test } from 'vitest';
import { MemoryDirectory, SeglogError, type SegmentReader } from '../../src/index.js';
import { Quarantine } from '../../src/log/quarantine.js';

const LIMITS = { maxQuarantineBytes: 1000, maxQuarantineFiles: 3 };

/** A file of `bytes` bytes, each the low part of its position. */
const source = (bytes: number): SegmentReader => ({
  read(position, scratch) {
    const length = Math.max(0, Math.min(scratch.length, bytes - position));
    for (let i = 0; i < length; i++) scratch[i] = position + i;
    return scratch.subarray(0, length);
  },
  close: async () => undefined,
});

/** A directory in which no file can be made. */
function refusing(code: 'STORAGE' | 'STORAGE_FULL'): MemoryDirectory {
  const directory = new MemoryDirectory();
  const open = directory.directory.bind(directory);
  directory.directory = async (name, options) => {
    const child = await open(name, options);
    child.create = async () => {
      throw new SeglogError(code, 'no file is made', {});
    };
    return child;
  };
  return directory;
}

async function copies(directory: MemoryDirectory): Promise<readonly string[]> {
  const quarantine = await directory.directory('quarantine', { create: false });
  return (await quarantine.list()).map(({ name }) => name).toSorted();
}

test('a copy is named after the place of its bytes, and is no longer than it may be', async () => {
  const directory = new MemoryDirectory();
  const names = await new Quarantine(directory, LIMITS).keep(source(5000), {
    file: 'a',
    position: 10,
    bytes: 4000,
  });
  expect(names).toEqual(['quarantine/a.10']);
  const quarantine = await directory.directory('quarantine', { create: false });
  expect(await quarantine.sizeOf('a.10')).toBe(1000);
});

test('the oldest copies go first, and one of the same place is replaced', async () => {
  const directory = new MemoryDirectory();
  const quarantine = new Quarantine(directory, LIMITS);
  for (const position of [1, 2, 3, 3, 4]) {
    await quarantine.keep(source(50), { file: 'a', position, bytes: 10 });
  }
  expect((await copies(directory)).length).toBeLessThanOrEqual(3);
  expect(await copies(directory)).toContain('a.4');
});

test('a source that ends earlier is copied as far as it goes', async () => {
  const directory = new MemoryDirectory();
  await new Quarantine(directory, LIMITS).keep(source(30), { file: 'a', position: 10, bytes: 500 });
  const quarantine = await directory.directory('quarantine', { create: false });
  expect(await quarantine.sizeOf('a.10')).toBe(20);
});

test('a full disk keeps nothing and stops nobody; a failing one is told', async () => {
  const what = { file: 'a', position: 0, bytes: 10 };
  expect(await new Quarantine(refusing('STORAGE_FULL'), LIMITS).keep(source(10), what)).toEqual([]);
  await expect(new Quarantine(refusing('STORAGE'), LIMITS).keep(source(10), what)).rejects.toMatchObject({
    code: 'STORAGE',
  });
});

test('a copy that cannot be finished is not left behind', async () => {
  const directory = new MemoryDirectory();
  const failing: SegmentReader = {
    read: () => Promise.reject(new SeglogError('STORAGE', 'the medium fails', {})),
    close: async () => undefined,
  };
  const what = { file: 'a', position: 0, bytes: 10 };
  await expect(new Quarantine(directory, LIMITS).keep(failing, what)).rejects.toMatchObject({
    code: 'STORAGE',
  });
  expect(await copies(directory)).toEqual([]);
});

test('a file that bears its name stays, and the copies go beside it', async () => {
  const directory = new MemoryDirectory();
  for (const name of ['quarantine', 'quarantine-2']) await (await directory.create(name)).close();
  const quarantine = new Quarantine(directory, LIMITS);
  for (const position of [0, 5]) {
    const names = await quarantine.keep(source(50), { file: 'a', position, bytes: 10 });
    expect(names).toEqual([`quarantine-3/a.${position}`]);
  }
  const entries = (await directory.list()).map(({ name, kind }) => `${name} ${kind}`).toSorted();
  expect(entries).toEqual(['quarantine file', 'quarantine-2 file', 'quarantine-3 directory']);
});
