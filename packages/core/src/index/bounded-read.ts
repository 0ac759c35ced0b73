import type { SegmentReader } from '../contract/segment-reader.js';
import type { StorageDirectory } from '../contract/storage-directory.js';

/**
 * A copy of a file of at most `maxBytes`. Undefined when there is none; `unreadable` when it is longer, or when it ends
 * earlier than its size says.
 */
export async function readWholeFile(
  directory: StorageDirectory,
  name: string,
  maxBytes: number,
): Promise<Uint8Array | 'unreadable' | undefined> {
  const sizeBytes = await directory.sizeOf(name);
  if (sizeBytes === undefined) return undefined;
  if (sizeBytes > maxBytes) return 'unreadable';
  const reader = await directory.openReader(name, { sealed: false, writtenBytes: () => sizeBytes });
  try {
    return await readFully(reader, new Uint8Array(sizeBytes));
  } finally {
    await reader.close();
  }
}

async function readFully(reader: SegmentReader, target: Uint8Array): Promise<Uint8Array | 'unreadable'> {
  let filled = 0;
  while (filled < target.length) {
    const rest = target.subarray(filled);
    const view = await reader.read(filled, rest);
    if (view.length === 0) return 'unreadable';
    if (view.buffer !== rest.buffer || view.byteOffset !== rest.byteOffset) rest.set(view);
    filled += view.length;
  }
  return target;
}
