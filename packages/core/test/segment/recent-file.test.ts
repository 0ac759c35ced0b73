import { expect, test } from 'vitest';
import type { SegmentReader } from '../../src/contract/segment-reader.js';
import { MemoryDirectory } from '../../src/memory/memory-directory.js';
import { RecentFile, RecentReader } from '../../src/segment/recent-file.js';

interface Place {
  readonly file: RecentFile;
  readonly reader: RecentReader;
  /** What may be read ends here. */
  written: number;
  /** Reads that came to the file. */
  fileReads: number;
}

async function place(): Promise<Place> {
  const directory = new MemoryDirectory();
  const file = new RecentFile(await directory.create('a'));
  const inner = await directory.openReader('a', { sealed: false, writtenBytes: () => made.written });
  const counted: SegmentReader = {
    read: (position, scratch) => {
      made.fileReads++;
      return inner.read(position, scratch);
    },
    close: () => inner.close(),
  };
  const made: Place = {
    file,
    reader: new RecentReader(file, counted, () => made.written),
    written: 0,
    fileReads: 0,
  };
  return made;
}

async function append(at: Place, bytes: Uint8Array): Promise<void> {
  await at.file.write(at.written, [bytes]);
  at.written += bytes.length;
}

async function read(at: Place, position: number, most = 64): Promise<readonly number[]> {
  return [...(await at.reader.read(position, new Uint8Array(most)))];
}

test('what follows a reader comes from memory, up to the end', async () => {
  const at = await place();
  await append(at, Uint8Array.of(1, 2, 3));
  expect(await read(at, 0)).toEqual([1, 2, 3]);
  expect(at.fileReads).toBe(1);
  await append(at, Uint8Array.of(4, 5, 6));
  expect(await read(at, 3)).toEqual([4, 5, 6]);
  expect(await read(at, 4)).toEqual([5, 6]);
  expect(await read(at, 4, 1)).toEqual([5]);
  expect(at.fileReads).toBe(1);
  expect(await read(at, 2)).toEqual([3, 4, 5, 6]);
  expect(await read(at, 6)).toEqual([]);
  expect(at.fileReads).toBe(3);
});

test('what is written and not yet part of the log is not shown, and does not hide what was', async () => {
  const at = await place();
  await append(at, Uint8Array.of(1));
  await read(at, 0);
  await append(at, Uint8Array.of(2, 3));
  await at.file.write(3, [Uint8Array.of(9)]);
  expect(await read(at, 1)).toEqual([2, 3]);
  expect(await read(at, 3)).toEqual([]);
  at.written = 4;
  expect(await read(at, 3)).toEqual([9]);
});

test('a write that failed leaves nothing behind', async () => {
  const at = await place();
  await append(at, Uint8Array.of(1));
  await read(at, 0);
  await at.file.write(1, [Uint8Array.of(7, 7, 7)]);
  await at.file.truncate(1);
  await append(at, Uint8Array.of(2));
  expect(await read(at, 1)).toEqual([2]);
});

test.each([
  ['long', [new Uint8Array(4097).fill(5)]],
  ['of several chunks', [Uint8Array.of(5), Uint8Array.of(5)]],
])('a write that is %s is read from the file', async (_, chunks) => {
  const at = await place();
  await append(at, Uint8Array.of(1));
  await read(at, 0);
  await at.file.write(1, chunks);
  at.written = 1 + chunks.reduce((sum, { length }) => sum + length, 0);
  at.fileReads = 0;
  expect(await read(at, 1, 2)).toEqual([5, 5]);
  expect(at.fileReads).toBe(1);
});

test('a closed reader reads nothing any more', async () => {
  const at = await place();
  await append(at, Uint8Array.of(1));
  await read(at, 0);
  await append(at, Uint8Array.of(2));
  await at.reader.close();
  await expect(async () => at.reader.read(1, new Uint8Array(1))).rejects.toThrow(
    expect.objectContaining({ code: 'LOG_CLOSED' }),
  );
});
