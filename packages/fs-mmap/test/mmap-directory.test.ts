import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryDirectory, SeglogError, type SegmentReader } from '@seglog/core';
import { PreadDirectory } from '@seglog/fs-pread';
import { expectCode, patternBytes } from '@seglog/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  loadSegmap,
  type Mapper,
  MmapDirectory,
  type MmapDirectoryOptions,
  WINDOW_BYTES,
} from '../src/index.js';

const BYTES = 10_000;
let root = '';
let directory: MmapDirectory;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'seglog-mmap-'));
  directory = over({});
});
afterEach(async () => {
  await directory.close();
  rmSync(root, { recursive: true });
});

function over(options: MmapDirectoryOptions): MmapDirectory {
  return new MmapDirectory(new PreadDirectory(root), { mapper: 'segmap', ...options });
}

async function reopen(options: MmapDirectoryOptions): Promise<void> {
  await directory.close();
  directory = over(options);
}

/** Maps of files below the root, as the system counts them; other threads make it repeat lines. */
const maps = (name = ''): number =>
  new Set(
    readFileSync('/proc/self/maps', 'utf8')
      .split('\n')
      .filter((line) => line.includes(join(root, name)))
      .map((line) => line.split(' ')[0]),
  ).size;

const put = (name: string, bytes = BYTES): void => writeFileSync(join(root, name), patternBytes(bytes));
const openReader = async (name: string, sealed = true, writtenBytes = BYTES): Promise<SegmentReader> =>
  directory.openReader(name, { sealed, writtenBytes: () => writtenBytes });

describe('what is mapped', () => {
  test('a sealed file: reads answer at once, with views of the map', async () => {
    put('a');
    const reader = await openReader('a');
    expect(maps('a')).toBe(1);
    const scratch = new Uint8Array(100);
    const view = reader.read(5000, scratch);
    expect(view).toEqual(patternBytes(BYTES).subarray(5000, 5100));
    expect(scratch).toEqual(new Uint8Array(100));
    await reader.close();
  });

  test('not an unsealed or an empty file, and nothing under a directory that lends no descriptors', async () => {
    put('a');
    put('empty', 0);
    const readers = [await openReader('a', false), await openReader('empty', true, 0)];
    expect(maps()).toBe(0);
    for (const reader of readers) await reader.close();
    const memory = new MmapDirectory(new MemoryDirectory());
    expect(memory.mapper).toBe('none');
    await memory.close();
  });

  test('what the system refuses to map is read without a map', async () => {
    const refusing: Mapper = {
      name: 'segmap',
      maxBytes: Number.MAX_SAFE_INTEGER,
      map: () => {
        throw Object.assign(new Error('mmap: Cannot allocate memory'), { code: 'ENOMEM' });
      },
    };
    await reopen({ mapper: refusing, maxMaps: 1 });
    put('a');
    for (let round = 0; round < 3; round += 1) {
      const reader = await openReader('a');
      expect(await reader.read(0, new Uint8Array(10))).toEqual(patternBytes(10));
      await reader.close();
    }
  });

  test('the mapper shows, and maps count among the descriptors, a child its own', async () => {
    expect(directory.mapper).toBe('segmap');
    const child = await directory.directory('child', { create: true });
    put('a');
    put('child/b');
    const before = directory.descriptors;
    const readers = [
      await openReader('a'),
      await child.openReader('b', { sealed: true, writtenBytes: () => BYTES }),
    ];
    expect(maps()).toBe(2);
    expect(directory.descriptors).toBe(before + 2);
    expect(child.descriptors).toBe(1);
    await child.close();
    expect(maps()).toBe(1);
    await expectCode('LOG_CLOSED', async () => readers[1]?.read(0, new Uint8Array(1)));
    expect(await readers[0]?.read(0, new Uint8Array(1))).toHaveLength(1);
    for (const reader of readers) await reader.close();
  });
});

describe('the end of a reader', () => {
  test('views become empty, and reads reject', async () => {
    put('a');
    const reader = await openReader('a');
    const view = await reader.read(0, new Uint8Array(100));
    expect(view).toHaveLength(100);
    await reader.close();
    expect(view).toHaveLength(0);
    await expectCode('LOG_CLOSED', async () => reader.read(0, new Uint8Array(1)));
  });

  test('its map is kept for the next reader of the file, whose views are not those of the first', async () => {
    put('a');
    const first = await openReader('a');
    await first.close();
    expect(maps('a')).toBe(1);
    const second = await openReader('a');
    expect(maps('a')).toBe(1);
    await first.close();
    await expectCode('LOG_CLOSED', async () => first.read(0, new Uint8Array(1)));
    expect(await second.read(0, new Uint8Array(10))).toEqual(patternBytes(10));
    await second.close();
  });

  test('closing the directory unmaps everything, also under readers that open meanwhile', async () => {
    put('a');
    put('b');
    const idle = await openReader('a');
    await idle.close();
    const opening = Promise.allSettled(Array.from({ length: 20 }, async () => openReader('b')));
    await directory.close();
    for (const opened of await opening) {
      if (opened.status === 'rejected') expect(SeglogError.is(opened.reason, 'LOG_CLOSED')).toBe(true);
      else await expectCode('LOG_CLOSED', async () => opened.value.read(0, new Uint8Array(1)));
    }
    expect(maps()).toBe(0);
    expect(directory.descriptors).toBe(0);
  });
});

describe('bounds', () => {
  test('open readers fill them; what is opened beyond them reads without a map', async () => {
    await reopen({ maxMaps: 3 });
    const names = Array.from({ length: 6 }, (_, at) => `f${at}`);
    for (const name of names) put(name);
    const readers = await Promise.all(names.map(async (name) => openReader(name)));
    expect(maps()).toBe(3);
    for (const reader of readers) {
      expect(Buffer.from(await reader.read(9990, new Uint8Array(100)))).toEqual(
        Buffer.from(patternBytes(BYTES).subarray(9990)),
      );
    }
    for (const reader of readers) await reader.close();
    expect(maps()).toBe(3);
  });

  test('idle maps make room, the one that has waited longest first', async () => {
    await reopen({ maxMaps: 3 });
    for (const name of ['a', 'b', 'c', 'd']) put(name);
    for (const name of ['a', 'b', 'c', 'a']) await (await openReader(name)).close();
    const reader = await openReader('d');
    expect([maps('a'), maps('b'), maps('c'), maps('d')]).toEqual([1, 0, 1, 1]);
    await reader.close();
  });

  test('bytes are bounded too, and a file that could never fit evicts nobody', async () => {
    await reopen({ maxMappedBytes: 25_000 });
    for (const name of ['a', 'b', 'c']) put(name);
    put('large', 25_001);
    for (const name of ['a', 'b']) await (await openReader(name)).close();
    await (await openReader('large')).close();
    expect([maps('a'), maps('b'), maps('large')]).toEqual([1, 1, 0]);
    await (await openReader('c')).close();
    expect([maps('a'), maps('b'), maps('c')]).toEqual([0, 1, 1]);
  });

  test('children share them', async () => {
    await reopen({ maxMaps: 1 });
    const child = await directory.directory('child', { create: true });
    put('a');
    put('child/a');
    const reader = await openReader('a');
    const other = await child.openReader('a', { sealed: true, writtenBytes: () => BYTES });
    expect([maps('a'), maps('child/a')]).toEqual([1, 0]);
    expect(await other.read(0, new Uint8Array(10))).toEqual(patternBytes(10));
    await other.close();
    await reader.close();
  });

  test('no maps at all, and numbers that are none', async () => {
    await reopen({ maxMaps: 0 });
    put('a');
    await (await openReader('a')).close();
    expect(maps()).toBe(0);
    const inner = new MemoryDirectory();
    for (const value of [-1, 1.5, Number.NaN, 2 ** 53]) {
      expect(() => new MmapDirectory(inner, { maxMaps: value })).toThrow(RangeError);
      expect(() => new MmapDirectory(inner, { maxMappedBytes: value })).toThrow(RangeError);
    }
  });

  test('a thousand readers in turn never exceed them, and leave nothing after close', async () => {
    await reopen({ maxMaps: 8 });
    for (let at = 0; at < 40; at += 1) put(`f${at}`, 5000 + at);
    let most = 0;
    const turns = Array.from({ length: 50 }, async (_, turn) => {
      for (let round = 0; round < 20; round += 1) {
        const reader = await openReader(`f${(turn * 7 + round * 13) % 40}`, true, 5000);
        expect(await reader.read(0, new Uint8Array(10))).toEqual(patternBytes(10));
        most = Math.max(most, maps());
        await reader.close();
      }
    });
    await Promise.all(turns);
    expect(most).toBe(8);
    await directory.close();
    expect(maps()).toBe(0);
  });
});

describe('names that change', () => {
  test('a removed file keeps the map of its reader, and gives it up with it', async () => {
    put('a');
    const reader = await openReader('a');
    await directory.remove('a');
    expect(await reader.read(BYTES - 1, new Uint8Array(10))).toHaveLength(1);
    expect(maps('a')).toBe(1);
    await reader.close();
    expect(maps('a')).toBe(0);
  });

  test('removing a file, or its directory, gives up its idle map, so that its space is free', async () => {
    const child = await directory.directory('child', { create: true });
    put('a');
    put('child/a');
    await (await openReader('a')).close();
    await (await child.openReader('a', { sealed: true, writtenBytes: () => BYTES })).close();
    expect(maps()).toBe(2);
    await directory.remove('child');
    expect(maps()).toBe(1);
    await directory.remove('a');
    expect(maps()).toBe(0);
  });

  test('a file that takes the name of another is mapped anew', async () => {
    put('a');
    writeFileSync(join(root, 'b'), patternBytes(BYTES, 2));
    const old = await openReader('a');
    await (await openReader('b')).close();
    await directory.rename('b', 'a');
    const reader = await openReader('a');
    expect(await reader.read(0, new Uint8Array(100))).toEqual(patternBytes(100, 2));
    expect(await old.read(0, new Uint8Array(100))).toEqual(patternBytes(100));
    await old.close();
    await reader.close();
  });
});

describe('no action of ours reads where the file has ended', () => {
  test('a file is not cut under an open reader, whatever its name was', async () => {
    const file = await directory.create('a');
    await file.write(0, [patternBytes(BYTES)]);
    await directory.rename('a', 'b');
    const reader = await openReader('b');
    const facts = { call: 'ftruncate', errno: 'EBUSY', sizeBytes: BYTES - 1 };
    await expectCode('STORAGE', () => file.truncate(BYTES - 1), facts);
    const second = await directory.open('b');
    await expectCode('STORAGE', () => second.truncate(0), { name: 'b' });
    await directory.remove('b');
    await expectCode('STORAGE', () => file.truncate(0));
    expect(file.sizeBytes).toBe(BYTES);
    await file.truncate(BYTES);
    await file.truncate(2 * BYTES);
    expect(await reader.read(BYTES - 10, new Uint8Array(10))).toEqual(patternBytes(BYTES).subarray(-10));
    await reader.close();
    await file.truncate(0);
    await file.close();
    await second.close();
  });

  test('a file with an idle map is cut, and mapped anew at its new size', async () => {
    put('a');
    await (await openReader('a')).close();
    const file = await directory.open('a');
    await file.truncate(100);
    expect(maps('a')).toBe(0);
    const reader = await openReader('a');
    expect(maps('a')).toBe(1);
    expect(await reader.read(0, new Uint8Array(BYTES))).toEqual(patternBytes(100));
    expect(await reader.read(100, new Uint8Array(BYTES))).toHaveLength(0);
    await reader.close();
    await file.close();
  });

  test('readers that open while a file is being cut do not map it', async () => {
    for (let round = 0; round < 50; round += 1) {
      put('a');
      const file = await directory.open('a');
      const cut = file.truncate(1);
      const readers = await Promise.all(Array.from({ length: 4 }, async () => openReader('a')));
      for (const reader of readers) await reader.read(BYTES - 10, new Uint8Array(10));
      await cut;
      for (const reader of readers) {
        expect((await reader.read(BYTES - 10, new Uint8Array(10))).length).toBe(0);
        await reader.close();
      }
      await file.close();
      await directory.remove('a');
    }
  });

  test('a storm of reads at and beyond the end stays inside it', async () => {
    const sizes = [1, 4095, 4096, 4097, 12_288];
    for (const bytes of sizes) put(`f${bytes}`, bytes);
    for (const bytes of sizes) {
      const content = patternBytes(bytes);
      for (const claimed of [bytes, bytes + 1, bytes + 5000, Number.MAX_SAFE_INTEGER]) {
        const reader = await openReader(`f${bytes}`, true, claimed);
        for (let position = 0; position < bytes + 9000; position += 61) {
          const view = await reader.read(position, new Uint8Array(8192));
          expect(Buffer.compare(view, content.subarray(position, position + 8192))).toBe(0);
        }
        expect(await reader.read(Number.MAX_SAFE_INTEGER, new Uint8Array(1))).toHaveLength(0);
        await reader.close();
      }
    }
  });
});

test('only the windows that are read are lent, each once', async () => {
  const segmap = loadSegmap();
  expect(segmap).toBeDefined();
  if (segmap === undefined) return;
  const lent: number[] = [];
  const counting: Mapper = {
    ...segmap,
    map: (descriptor, order) => {
      const mapping = segmap.map(descriptor, order);
      const lend = (index: number): Uint8Array => {
        lent.push(index);
        return mapping.lend(index);
      };
      return { lend, recall: () => mapping.recall(), unmap: () => mapping.unmap() };
    },
  };
  await reopen({ mapper: counting });
  const bytes = 4 * WINDOW_BYTES;
  put('a', 10);
  truncateSync(join(root, 'a'), bytes);
  const reader = await openReader('a', true, bytes);
  expect(lent).toEqual([]);
  for (const position of [2 * WINDOW_BYTES, 3 * WINDOW_BYTES - 10, 0, 2 * WINDOW_BYTES + 5]) {
    expect(await reader.read(position, new Uint8Array(10))).toHaveLength(10);
  }
  expect(lent).toEqual([2, 0]);
  expect(await reader.read(WINDOW_BYTES - 1, new Uint8Array(2 * WINDOW_BYTES))).toHaveLength(
    2 * WINDOW_BYTES,
  );
  expect(lent).toEqual([2, 0, 1]);
  await reader.close();
});

test('reading ahead changes nothing but speed, with either mapper', async () => {
  put('a');
  for (const mapper of ['segmap', 'auto', 'mmap-io'] as const) {
    await reopen({ mapper, sequential: true });
    const reader = await openReader('a');
    expect(Buffer.compare(await reader.read(0, new Uint8Array(BYTES)), patternBytes(BYTES))).toBe(0);
    if (mapper === 'segmap') expect(advised('a')).toBe(true);
    await reader.close();
  }
});

/** `sr` among the flags of a map says that it is read from front to back. */
function advised(name: string): boolean {
  const lines = readFileSync('/proc/self/smaps', 'utf8').split('\n');
  const flags = lines.slice(lines.findIndex((line) => line.includes(join(root, name))));
  return flags.find((line) => line.startsWith('VmFlags:'))?.includes(' sr ') ?? false;
}

test('a mapper of our own is taken as it is', async () => {
  const segmap = loadSegmap();
  expect(segmap).toBeDefined();
  if (segmap !== undefined) await reopen({ mapper: segmap });
  expect(directory.mapper).toBe('segmap');
});
