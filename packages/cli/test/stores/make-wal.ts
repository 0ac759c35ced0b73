import type { MemoryDirectory } from '@seglog/core';
import { openWriter } from '../../src/place/open-writer.js';

/** Makes a data root with a write-ahead log: the command uses one where it finds one. */
export async function makeWal(medium: MemoryDirectory): Promise<void> {
  await (await openWriter(medium)).close();
  await medium.directory('wal', { create: true });
}
