import { constants, readdirSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SegmentReader, StorageDirectory, WritableFile } from '@seglog/core';
import { expectBytes, expectCode, patternBytes, putFile, readAt } from '@seglog/testing';
import { expect, test } from 'vitest';
import { DescriptorPool } from '../src/descriptor-pool.js';
import { nodeFileCalls } from '../src/file-calls.js';
import type { PreadOptions } from '../src/index.js';
import type { PooledFile } from '../src/pooled-file.js';
import { createRoot, type TemporaryRoot } from './temporary-root.js';

async function withRoot(options: PreadOptions, use: (root: TemporaryRoot) => Promise<void>): Promise<void> {
  const root = await createRoot(options);
  try {
    await use(root);
  } finally {
    await root.dispose();
  }
}

async function readersOf(directory: StorageDirectory, count: number): Promise<SegmentReader[]> {
  const readers: SegmentReader[] = [];
  for (let at = 0; at < count; at += 1) {
    await putFile(directory, `f${at}`, patternBytes(100, at + 1));
    readers.push(await directory.openReader(`f${at}`, { sealed: true, writtenBytes: () => 100 }));
  }
  return readers;
}

async function expectAllReadable(readers: readonly SegmentReader[]): Promise<void> {
  for (const [at, reader] of readers.entries())
    expectBytes(await readAt(reader, 0, 100), patternBytes(100, at + 1));
}

test('many readers share few descriptors, over all children of a root', async () => {
  await withRoot({ maxOpenFiles: 4 }, async ({ directory }) => {
    const child = await directory.directory('child', { create: true });
    const readers = [await readersOf(directory, 20), await readersOf(child, 20)];
    for (let round = 0; round < 3; round += 1) {
      for (const list of readers) await expectAllReadable(list);
      expect(directory.descriptors).toBeLessThanOrEqual(4);
    }
    await child.close();
    expect(directory.descriptors).toBeLessThanOrEqual(4);
    await directory.close();
    expect(directory.descriptors).toBe(0);
  });
});

test('the descriptor of the lock counts against the bound', async () => {
  await withRoot({ maxOpenFiles: 4 }, async ({ directory }) => {
    const readers = await readersOf(directory, 20);
    const lock = await directory.lock('LOCK');
    await expectAllReadable(readers);
    expect(directory.descriptors).toBe(4);
    await lock[Symbol.asyncDispose]();
    await expectAllReadable(readers);
    expect(directory.descriptors).toBe(4);
  });
});

test('reads on other threads at once are served by few descriptors', async () => {
  await withRoot({ maxOpenFiles: 3, syncReadBytes: 0 }, async ({ directory }) => {
    const readers = await readersOf(directory, 30);
    await Promise.all(
      readers.map(async (reader, at) => expectBytes(await readAt(reader, 0, 100), patternBytes(100, at + 1))),
    );
    await expectAllReadable(readers);
    expect(directory.descriptors).toBeLessThanOrEqual(3);
  });
});

test('of reads on other threads no more are under way than there are descriptors', async () => {
  await withRoot({ maxOpenFiles: 3, syncReadBytes: 0 }, async ({ directory }) => {
    const readers = await readersOf(directory, 30);
    const reads = readers.map((reader) => readAt(reader, 0, 100));
    const seen: number[] = [];
    for (const read of reads) {
      seen.push(directory.descriptors);
      await read;
    }
    expect(Math.max(...seen)).toBeLessThanOrEqual(3);
    const closing = readers.map(async (reader, at) => {
      const read = readAt(reader, 0, 100);
      await reader.close();
      expectBytes(await read, patternBytes(100, at + 1));
    });
    await Promise.all(closing);
    expect(directory.descriptors).toBe(0);
  });
});

test('closing everything leaves no descriptor in the process', async () => {
  const before = readdirSync('/proc/self/fd').length;
  await withRoot({ maxOpenFiles: 4 }, async ({ directory }) => {
    await readersOf(directory, 10);
    await directory.create('written');
    await directory.lock('LOCK');
    await expectCode('LOG_LOCKED', () => directory.lock('LOCK'));
    await expectCode('STORAGE', () =>
      directory.openReader('missing', { sealed: true, writtenBytes: () => 0 }),
    );
    await directory.sync();
  });
  expect(readdirSync('/proc/self/fd').length).toBe(before);
});

test('a file with unsynced writes keeps its descriptor; once synced it may lose it', async () => {
  await withRoot({ maxOpenFiles: 1 }, async ({ directory }) => {
    const files = await Promise.all(['x', 'y', 'z'].map((name) => directory.create(name)));
    for (const file of files) await file.write(0, [patternBytes(10)]);
    const readers = await readersOf(directory, 5);
    await expectAllReadable(readers);
    expect(directory.descriptors).toBeGreaterThanOrEqual(3);
    for (const file of files) await file.sync();
    await expectAllReadable(readers);
    expect(directory.descriptors).toBe(1);
    for (const file of files) await file.write(10, [patternBytes(10, 2)]);
    for (const file of files) expect(file.sizeBytes).toBe(20);
  });
});

test('a removed or replaced file is read on, however few descriptors there are', async () => {
  await withRoot({ maxOpenFiles: 1 }, async ({ directory }) => {
    const readers = await readersOf(directory, 6);
    await directory.remove('f0');
    await directory.rename('f1', 'f2');
    await directory.rename('f3', 'moved');
    await expectAllReadable(readers);
    await expectAllReadable(readers);
    await putFile(directory, 'f0', patternBytes(5));
    await expectAllReadable(readers);
  });
});

test('files of a removed child are read on, however few descriptors there are', async () => {
  await withRoot({ maxOpenFiles: 1 }, async ({ directory }) => {
    const child = await directory.directory('child', { create: true });
    const readers = await readersOf(child, 4);
    await directory.remove('child');
    await expectAllReadable(readers);
  });
});

test('another file in the place of ours is an error, never other bytes', async () => {
  await withRoot({ maxOpenFiles: 1 }, async ({ directory, path }) => {
    const [first, second] = await readersOf(directory, 2);
    if (first === undefined || second === undefined) throw new Error('two readers were opened');
    await readAt(second, 0, 10);
    await readAt(second, 0, 10);
    await rename(join(path, 'f0'), join(path, 'elsewhere'));
    await writeFile(join(path, 'f0'), patternBytes(100, 7));
    await expectCode('STORAGE', () => readAt(first, 0, 10), { errno: 'ESTALE', name: 'f0' });
    await rm(join(path, 'f0'));
    await expectCode('STORAGE', () => readAt(first, 0, 10), { errno: 'ENOENT', name: 'f0' });
  });
});

test('a lent descriptor is taken back, whatever the borrower does', async () => {
  await withRoot({}, async ({ directory }) => {
    await putFile(directory, 'a', patternBytes(50));
    expect(await directory.withDescriptor('a', (_, sizeBytes) => sizeBytes)).toBe(50);
    const mine = new Error('mine');
    await expect(
      directory.withDescriptor('a', () => {
        throw mine;
      }),
    ).rejects.toBe(mine);
    await expectCode('STORAGE', () => directory.withDescriptor('b', () => 1), { errno: 'ENOENT' });
    expect(directory.descriptors).toBe(0);
    await directory.close();
    await expectCode('LOG_CLOSED', () => directory.withDescriptor('a', () => 1));
  });
});

test('a call costs the same however many files keep their descriptors', async () => {
  await withRoot({}, async ({ path, directory }) => {
    const pool = new DescriptorPool(nodeFileCalls, 2);
    const files: PooledFile[] = [];
    for (let at = 0; at < 50; at += 1) {
      await putFile(directory, `f${at}`, patternBytes(1, at));
      const { file } = await pool.open(join(path, `f${at}`), constants.O_RDWR);
      pool.acquire(file);
      file.unsynced = true;
      pool.release(file);
      files.push(file);
    }
    let looks = 0;
    for (const file of files) {
      Object.defineProperty(file, 'unsynced', {
        get: () => {
          looks += 1;
          return true;
        },
      });
    }
    const [one] = files;
    if (one === undefined) throw new Error('there are files');
    for (let call = 0; call < 100; call += 1) {
      pool.acquire(one);
      pool.release(one);
    }
    expect(looks).toBeLessThan(500);
    for (const file of files) await pool.dispose(file);
  });
});

test('a file that was synced gives its descriptor to others again', async () => {
  await withRoot({ maxOpenFiles: 2 }, async ({ directory }) => {
    const files: WritableFile[] = [];
    for (let at = 0; at < 6; at += 1) {
      const file = await directory.create(`f${at}`);
      await file.write(0, [patternBytes(10, at)]);
      files.push(file);
    }
    expect(directory.descriptors).toBe(6);
    for (const file of files) await file.sync();
    expect(directory.descriptors).toBeLessThanOrEqual(2);
    for (const [at, file] of files.entries()) await file.write(10, [patternBytes(10, at)]);
    expect(directory.descriptors).toBe(6);
    for (const file of files) {
      await file.sync();
      await file.close();
    }
  });
});
