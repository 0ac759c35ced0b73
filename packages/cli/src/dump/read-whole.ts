import { SeglogError, type StorageDirectory } from '@seglog/core';

const MAX_BYTES = 1024 * 1024 * 1024;

/** A file of bounded size as bytes. */
export async function readWhole(directory: StorageDirectory, name: string): Promise<Uint8Array> {
  const sizeBytes = await directory.sizeOf(name);
  if (sizeBytes === undefined || sizeBytes > MAX_BYTES)
    throw new SeglogError('STORAGE', 'the file is not there, or too long to be ours', {
      call: 'open',
      name,
      errno: 'ENOENT',
    });
  const reader = await directory.openReader(name, { sealed: false, writtenBytes: () => sizeBytes });
  try {
    const bytes = new Uint8Array(sizeBytes);
    let filled = 0;
    while (filled < sizeBytes) {
      const rest = bytes.subarray(filled);
      const part = await reader.read(filled, rest);
      if (part.length === 0) break;
      if (part.buffer !== rest.buffer) rest.set(part);
      filled += part.length;
    }
    return bytes.subarray(0, filled);
  } finally {
    await reader.close();
  }
}
