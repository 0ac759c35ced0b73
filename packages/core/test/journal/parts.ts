import { crc32 } from 'node:zlib';
import type { Checksum, RandomSource, StorageDirectory } from '../../src/index.js';

/** The platform's own CRC. */
export const checksum: Checksum = {
  id: 2,
  name: 'crc32',
  // The platform forgets the seed over an empty range.
  of: (source, start, end, seed) => (start === end ? seed : crc32(source.subarray(start, end), seed)),
};

/** Chance that a test can repeat: a small generator (mulberry32). */
export function seededRandom(seed: number): RandomSource {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) & 0xff;
  };
  return { bytes: (count) => Uint8Array.from({ length: count }, next) };
}

export async function fileBytes(directory: StorageDirectory, name: string): Promise<Uint8Array> {
  const size = (await directory.sizeOf(name)) ?? 0;
  const reader = await directory.openReader(name, { sealed: true, writtenBytes: () => size });
  const bytes = (await reader.read(0, new Uint8Array(size))).slice();
  await reader.close();
  return bytes;
}

/** Replaces the whole content of a file, or makes it. */
export async function putFile(directory: StorageDirectory, name: string, bytes: Uint8Array): Promise<void> {
  const exists = (await directory.sizeOf(name)) !== undefined;
  const file = exists ? await directory.open(name) : await directory.create(name);
  await file.truncate(0);
  await file.write(0, [bytes]);
  await file.close();
}

/** Every file of a directory, without its child directories. */
export async function snapshot(directory: StorageDirectory): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const { name, kind } of await directory.list()) {
    if (kind === 'file') files.set(name, await fileBytes(directory, name));
  }
  return files;
}
