import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PreadDirectory } from '@seglog/fs-pread';
import { patternBytes } from '@seglog/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadMmapIo, MmapDirectory, WINDOW_BYTES } from '../src/index.js';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'seglog-large-'));
});
afterEach(() => rmSync(root, { recursive: true }));

/** A file of that size which takes no space but for `content` around each of the positions. */
function putSparse(bytes: number, positions: readonly number[]): string {
  const path = join(root, 'sparse');
  writeFileSync(path, '');
  truncateSync(path, bytes);
  const descriptor = openSync(path, 'r+');
  for (const [seed, position] of positions.entries()) {
    writeSync(descriptor, patternBytes(1000, seed + 1), 0, 1000, position);
  }
  closeSync(descriptor);
  return path;
}

const isMapped = (path: string): boolean => readFileSync('/proc/self/maps', 'utf8').includes(path);

test('segmap serves a file of 5 GiB, also across the borders of its windows', async () => {
  const bytes = 5 * 2 ** 30;
  const positions = [0, WINDOW_BYTES - 500, 4 * 2 ** 30 - 500, 4.5 * 2 ** 30, bytes - 1000];
  const path = putSparse(bytes, positions);
  const directory = new MmapDirectory(new PreadDirectory(root), { mapper: 'segmap' });
  const reader = await directory.openReader('sparse', { sealed: true, writtenBytes: () => bytes });
  expect(isMapped(path)).toBe(true);
  for (const [seed, position] of positions.entries()) {
    const read = await reader.read(position, new Uint8Array(1000));
    expect(Buffer.compare(read, patternBytes(1000, seed + 1))).toBe(0);
  }
  expect(await reader.read(bytes - 10, new Uint8Array(1000))).toHaveLength(10);
  expect(await reader.read(bytes, new Uint8Array(1000))).toHaveLength(0);
  await directory.close();
});

test('mmap-io refuses what 32 bits cannot hold, and such files are read without a map', async (context) => {
  const mapper = loadMmapIo();
  if (mapper === undefined) {
    context.skip('mmap-io does not load in this Node');
    return;
  }
  const bytes = 2 ** 32 + 1000;
  const path = putSparse(bytes, [0, 2 ** 32]);
  expect(() => mapper.map(0, { bytes: 2 ** 31, sequential: false, released: () => undefined })).toThrow(
    RangeError,
  );
  const directory = new MmapDirectory(new PreadDirectory(root), { mapper });
  const reader = await directory.openReader('sparse', { sealed: true, writtenBytes: () => bytes });
  expect(isMapped(path)).toBe(false);
  const read = await reader.read(2 ** 32, new Uint8Array(1000));
  expect(Buffer.compare(read, patternBytes(1000, 2))).toBe(0);
  await directory.close();
});

test('mmap-io maps up to its limit', async (context) => {
  if (loadMmapIo() === undefined) {
    context.skip('mmap-io does not load in this Node');
    return;
  }
  const bytes = 2 ** 31 - 1;
  const positions = [WINDOW_BYTES - 500, bytes - 1000];
  const path = putSparse(bytes, positions);
  const directory = new MmapDirectory(new PreadDirectory(root), { mapper: 'mmap-io' });
  const reader = await directory.openReader('sparse', { sealed: true, writtenBytes: () => bytes });
  expect(isMapped(path)).toBe(true);
  for (const [seed, position] of positions.entries()) {
    const read = await reader.read(position, new Uint8Array(2000));
    expect(Buffer.compare(read.subarray(0, 1000), patternBytes(1000, seed + 1))).toBe(0);
  }
  await directory.close();
});
