import { MemoryDirectory } from '@seglog/core';
import { describe, test } from 'vitest';
import {
  FaultyDirectory,
  type StorageFixture,
  segmentReaderConformance,
  storageDirectoryConformance,
} from '../src/index.js';

function create(): StorageFixture {
  const directory = new MemoryDirectory();
  return { directory, dispose: () => directory.close() };
}

storageDirectoryConformance({ describe, test }, 'memory', create);
segmentReaderConformance({ describe, test }, 'memory', create);

/** The wrapper that makes calls fail, as long as none is made to. */
function wrapped(): StorageFixture {
  const directory = new FaultyDirectory(new MemoryDirectory());
  return { directory, dispose: () => directory.close() };
}

storageDirectoryConformance({ describe, test }, 'memory, with faults at hand', wrapped);
segmentReaderConformance({ describe, test }, 'memory, with faults at hand', wrapped);
