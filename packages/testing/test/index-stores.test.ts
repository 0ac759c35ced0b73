import {
  crc32c,
  fileIndex,
  type IndexStoreFactory,
  MemoryDirectory,
  memoryIndex,
  noIndex,
} from '@seglog/core';
import { describe, test } from 'vitest';
import { type CreateIndexStore, indexStoreConformance, SimulatedDisk } from '../src/index.js';
import { slowToRemove } from './slow-directory.js';

const onMemory =
  (factory: IndexStoreFactory): CreateIndexStore =>
  () => {
    const directory = new MemoryDirectory();
    return { directory, factory, dispose: () => directory.close() };
  };

const onSimulatedDisk =
  (factory: IndexStoreFactory): CreateIndexStore =>
  () => {
    const { root } = new SimulatedDisk({ seed: 3 });
    return { directory: root, factory, dispose: () => root.close() };
  };

const runner = { describe, test };
indexStoreConformance(runner, 'file', onMemory(fileIndex({ checksum: crc32c() })), {
  keeps: true,
  files: true,
});
indexStoreConformance(runner, 'file, simulated disk', onSimulatedDisk(fileIndex({ checksum: crc32c() })), {
  keeps: true,
  files: true,
});
indexStoreConformance(
  runner,
  'file, slow to remove',
  onMemory((directory) => fileIndex({ checksum: crc32c() })(slowToRemove(directory))),
  { keeps: true, files: true },
);
indexStoreConformance(runner, 'memory', onMemory(memoryIndex()), { keeps: false, files: false });
indexStoreConformance(runner, 'none', onMemory(noIndex()), { keeps: false, files: false });
