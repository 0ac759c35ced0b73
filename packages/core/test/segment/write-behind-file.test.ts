import { beforeEach, describe, expect, test } from 'vitest';
import { SeglogError } from '../../src/contract/error.js';
import type { SegmentReader } from '../../src/contract/segment-reader.js';
import type { WritableFile } from '../../src/contract/storage-directory.js';
import { MemoryDirectory } from '../../src/memory/memory-directory.js';
import { openActiveReader, WriteBehindFile } from '../../src/segment/write-behind-file.js';
import { WriteBehindMemory } from '../../src/segment/write-behind-memory.js';

const FILE_BYTES = 64;

let directory: MemoryDirectory;
let memory: WriteBehindMemory;
let medium: Medium;
let file: WriteBehindFile;
let written: number;

/** Counts what reaches it, waits when it is told to, and fails when it is told to. */
class Medium implements WritableFile {
  public readonly writes: number[] = [];
  public failure: unknown;
  public gate: Promise<void> = Promise.resolve();
  public readonly inner: WritableFile;

  public constructor(inner: WritableFile) {
    this.inner = inner;
  }
  public get sizeBytes(): number {
    return this.inner.sizeBytes;
  }
  public async write(position: number, chunks: readonly Uint8Array[]): Promise<void> {
    await this.gate;
    if (this.failure !== undefined) throw this.failure;
    this.writes.push(chunks.reduce((sum, { length }) => sum + length, 0));
    await this.inner.write(position, chunks);
  }
  public preallocate(sizeBytes: number): Promise<void> {
    return this.inner.preallocate(sizeBytes);
  }
  public truncate(sizeBytes: number): Promise<void> {
    return this.inner.truncate(sizeBytes);
  }
  public sync(): Promise<void> {
    return this.inner.sync();
  }
  public close(): Promise<void> {
    return this.inner.close();
  }
}

beforeEach(async () => {
  directory = new MemoryDirectory();
  memory = new WriteBehindMemory({ fileBytes: FILE_BYTES, maxBytes: 10 * FILE_BYTES });
  medium = new Medium(await directory.create('f'));
  file = new WriteBehindFile(medium, memory);
  written = 0;
});

/** Bytes whose values are their places. */
function numbered(from: number, bytes: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, i) => from + i);
}

async function add(bytes: number): Promise<void> {
  await file.write(written, [numbered(written, bytes)]);
  written += bytes;
}

function openReader(): Promise<SegmentReader> {
  return openActiveReader(directory, 'f', { file, writtenBytes: () => written });
}

async function expectReadable(): Promise<void> {
  const reader = await openReader();
  for (let from = 0; from <= written; from += 7) {
    const found = await reader.read(from, new Uint8Array(50));
    expect([...found]).toEqual([...numbered(from, Math.min(50, written - from))]);
  }
  await reader.close();
}

describe('what is written behind', () => {
  test('can be read at once, and reaches the medium in large pieces', async () => {
    for (let i = 0; i < 20; i += 1) {
      await add(10);
      await expectReadable();
    }
    expect(medium.writes.every((bytes) => bytes > FILE_BYTES - 10)).toBe(true);
    await file.sync();
    expect(medium.writes.reduce((sum, bytes) => sum + bytes)).toBe(written);
    expect(medium.sizeBytes).toBe(200);
    await expectReadable();
  });

  test('can be read while it is on its way', async () => {
    const { promise, resolve } = deferred();
    medium.gate = promise;
    await add(FILE_BYTES);
    await add(10);
    const reading = (await openReader()).read(0, new Uint8Array(100));
    await add(20);
    await expectReadable();
    resolve();
    expect([...(await reading)]).toEqual([...numbered(0, FILE_BYTES + 10)]);
    await file.flush();
    await expectReadable();
  });

  test('makes its writer wait when the medium does not keep up', async () => {
    const { promise, resolve } = deferred();
    medium.gate = promise;
    await add(FILE_BYTES);
    await add(FILE_BYTES);
    expect(file.lend(written, 1)).toBeUndefined();
    resolve();
    await add(1);
    await file.sync();
    expect(medium.writes).toEqual([FILE_BYTES, FILE_BYTES, 1]);
    await expectReadable();
  });

  test.each(Array.from({ length: 12 }, (_, turns) => turns))(
    'is written once where the next piece goes on its way %i promises after one was handed over',
    async (turns) => {
      const { promise, resolve } = deferred();
      await add(5);
      const first = file.flush();
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      medium.gate = promise;
      const adding = [5, 45].map((from) => file.write(from, [numbered(from, 40)]));
      await first;
      const synced = file.sync();
      setImmediate(resolve);
      await Promise.all([...adding, synced]);
      written = 85;
      await file.sync();
      expect(medium.writes.reduce((sum, bytes) => sum + bytes)).toBe(written);
      await expectReadable();
    },
  );

  test('is cut where a truncation says, and goes on there', async () => {
    await add(30);
    await file.truncate(20);
    written = 20;
    expect(medium.sizeBytes).toBe(20);
    await add(25);
    await file.sync();
    expect(medium.sizeBytes).toBe(45);
    await expectReadable();
  });

  test('takes a write that is longer than its memory', async () => {
    await add(5);
    await add(3 * FILE_BYTES);
    await expectReadable();
    await file.sync();
    expect(medium.sizeBytes).toBe(written);
  });

  test('takes a write of several pieces, behind what it keeps', async () => {
    await add(5);
    await file.write(5, [numbered(5, 10), numbered(15, 10)]);
    written = 25;
    expect(medium.writes).toEqual([5, 20]);
    await add(5);
    await expectReadable();
  });

  test('is written once when its memory is asked for again and again', async () => {
    const { promise, resolve } = deferred();
    medium.gate = promise;
    expect(file.lend(0, 10)?.length).toBe(FILE_BYTES);
    file.giveBack();
    await add(10);
    file.giveBack();
    file.giveBack();
    resolve();
    await file.sync();
    expect(medium.writes).toEqual([10]);
    await expectReadable();
  });

  test('is read whole from readers with bytes of their own, and no further than they come', async () => {
    await add(10);
    await file.flush();
    await add(10);
    const openInner = directory.openReader.bind(directory);
    for (const most of [10, 4]) {
      directory.openReader = async (name, options) => {
        const inner = await openInner(name, options);
        const read: SegmentReader['read'] = async (position, scratch) =>
          (await inner.read(position, new Uint8Array(scratch.length))).subarray(0, most);
        return { read, close: () => inner.close() };
      };
      const found = await (await openReader()).read(0, new Uint8Array(20));
      expect([...found]).toEqual([...numbered(0, most === 10 ? 20 : 4)]);
    }
  });

  test('reaches the medium no more once the file is closed', async () => {
    await add(10);
    await file.close();
    await expect(file.flush()).rejects.toMatchObject({ code: 'LOG_CLOSED' });
    expect(medium.writes).toEqual([]);
  });

  test('has the memory that it needs, however little there is for all', async () => {
    const little = new WriteBehindMemory({ fileBytes: FILE_BYTES, maxBytes: 1 });
    const other = new WriteBehindFile(await directory.create('other'), little);
    await other.write(0, [numbered(0, 10)]);
    expect(little.bytes).toBe(FILE_BYTES);
    await other.sync();
    expect(await directory.sizeOf('other')).toBe(10);
    await other.close();
  });

  test('counts zeros that were written ahead as no bytes of its own', async () => {
    await file.preallocate(500);
    await add(10);
    await expectReadable();
    await file.sync();
    await expectReadable();
  });
});

test('memory is given back once, and by a file that has written nothing too', async () => {
  const { promise, resolve } = deferred();
  medium.gate = promise;
  await add(10);
  file.giveBack();
  await add(10);
  file.giveBack();
  await expectReadable();
  resolve();
  await file.flush();
  expect(medium.writes).toEqual([10, 10]);
  await add(10);
  await file.truncate(20);
  written = 20;
  file.giveBack();
  expect(memory.bytes).toBe(0);
  await expectReadable();
});

test('memory is used again once its bytes are with the medium, and not before', async () => {
  const { promise, resolve } = deferred();
  medium.gate = promise;
  const first = file.lend(0, FILE_BYTES);
  await add(FILE_BYTES);
  const second = file.lend(FILE_BYTES, 10);
  expect(second).not.toBe(first);
  await add(10);
  await expectReadable();
  resolve();
  await file.flush();
  const other = new WriteBehindFile(await directory.create('other'), memory);
  expect([first, second]).toContain(other.lend(0, FILE_BYTES));
  await expectReadable();
  await other.close();
});

test('a file that is not written behind is read as it is', async () => {
  const plain = await directory.create('plain');
  await plain.write(0, [numbered(0, 10)]);
  const reader = await openActiveReader(directory, 'plain', { file: plain, writtenBytes: () => 8 });
  expect([...(await reader.read(2, new Uint8Array(20)))]).toEqual([...numbered(2, 6)]);
  await reader.close();
});

describe('a medium that fails', () => {
  test('for lack of room is asked again', async () => {
    await add(10);
    medium.failure = new SeglogError('STORAGE_FULL', 'no room');
    await expect(file.flush()).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    await add(10);
    await expectReadable();
    medium.failure = undefined;
    await file.sync();
    expect(medium.sizeBytes).toBe(20);
    await expectReadable();
  });

  test('for any other reason is never asked again', async () => {
    await add(10);
    medium.failure = new SeglogError('STORAGE', 'broken');
    await expect(file.flush()).rejects.toMatchObject({ code: 'STORAGE' });
    medium.failure = undefined;
    await expect(file.sync()).rejects.toMatchObject({ code: 'STORAGE' });
    await expect(add(1)).rejects.toMatchObject({ code: 'STORAGE' });
    expect(medium.writes).toEqual([]);
    await expectReadable();
    await file.close();
  });
});

test('memory is bounded for all files together, and given back', async () => {
  const others = await Promise.all(
    Array.from({ length: 30 }, async (_, i) => new WriteBehindFile(await directory.create(`f${i}`), memory)),
  );
  for (const other of others) await other.write(0, [numbered(0, 40)]);
  expect(memory.bytes).toBeLessThanOrEqual(10 * FILE_BYTES);
  for (const other of others) await other.sync();
  expect(memory.bytes).toBe(0);
  expect(await directory.sizeOf('f29')).toBe(40);
  await others[0]?.write(40, [numbered(0, 40)]);
  for (const other of others) await other.close();
  expect(memory.bytes).toBe(0);
});

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let settle: (() => void) | undefined;
  const promise = new Promise<void>((resolve) => {
    settle = resolve;
  });
  return { promise, resolve: () => settle?.() };
}
