import { MemoryDirectory } from '@seglog/core';
import { type StorageFixture, segmentReaderConformance, storageDirectoryConformance } from '@seglog/testing';
import { describe, test } from 'vitest';

function create(): StorageFixture {
  const directory = new MemoryDirectory();
  return { directory, dispose: () => directory.close() };
}

storageDirectoryConformance({ describe, test }, 'memory', create);
segmentReaderConformance({ describe, test }, 'memory', create);
