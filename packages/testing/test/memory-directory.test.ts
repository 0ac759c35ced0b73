import { MemoryDirectory } from '@seglog/core';
import { describe, test } from 'vitest';
import { type StorageFixture, segmentReaderConformance, storageDirectoryConformance } from '../src/index.js';

function create(): StorageFixture {
  const directory = new MemoryDirectory();
  return { directory, dispose: () => directory.close() };
}

storageDirectoryConformance({ describe, test }, 'memory', create);
segmentReaderConformance({ describe, test }, 'memory', create);
