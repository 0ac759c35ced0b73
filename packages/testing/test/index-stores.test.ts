import {
  type Checksum,
  fileIndex,
  type IndexStoreFactory,
  MemoryDirectory,
  memoryIndex,
  noIndex,
} from '@seglog/core';
import { describe, test } from 'vitest';
import { type CreateIndexStore, indexStoreConformance } from '../src/index.js';

const onMemory =
  (factory: IndexStoreFactory): CreateIndexStore =>
  () => {
    const directory = new MemoryDirectory();
    return { directory, factory, dispose: () => directory.close() };
  };

/** FNV-1a: enough to notice any single changed byte. */
const checksum: Checksum = {
  id: 200,
  name: 'fnv',
  of: (source, start, end, seed) => {
    let hash = seed ^ 0x811c9dc5;
    for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (source[at] as number), 0x01000193);
    return hash >>> 0;
  },
};

const runner = { describe, test };
indexStoreConformance(runner, 'file', onMemory(fileIndex({ checksum })), { keeps: true, files: true });
indexStoreConformance(runner, 'memory', onMemory(memoryIndex()), { keeps: false, files: false });
indexStoreConformance(runner, 'none', onMemory(noIndex()), { keeps: false, files: false });
