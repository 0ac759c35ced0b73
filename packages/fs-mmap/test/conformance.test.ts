import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryDirectory } from '@seglog/core';
import { PreadDirectory } from '@seglog/fs-pread';
import { type StorageFixture, segmentReaderConformance, storageDirectoryConformance } from '@seglog/testing';
import { describe, test } from 'vitest';
import { loadMmapIo, loadSegmap, type MapperChoice, MmapDirectory } from '../src/index.js';

function overPread(mapper: MapperChoice): () => StorageFixture {
  return () => {
    const root = mkdtempSync(join(tmpdir(), 'seglog-mmap-'));
    const directory = new MmapDirectory(new PreadDirectory(root), { mapper });
    return {
      directory,
      dispose: async () => {
        await directory.close();
        rmSync(root, { recursive: true, force: true });
      },
    };
  };
}

function overMemory(): StorageFixture {
  const directory = new MmapDirectory(new MemoryDirectory());
  return { directory, dispose: () => directory.close() };
}

const mappers = { segmap: loadSegmap(), 'mmap-io': loadMmapIo() };
for (const [name, mapper] of Object.entries(mappers)) {
  if (mapper === undefined) {
    test(`mmap through ${name}`, (context) => context.skip(`${name} does not load in this Node`));
    continue;
  }
  storageDirectoryConformance({ describe, test }, `mmap through ${name} over pread`, overPread(mapper));
  segmentReaderConformance({ describe, test }, `mmap through ${name} over pread`, overPread(mapper));
}
storageDirectoryConformance({ describe, test }, 'mmap without a mapper over pread', overPread('none'));
segmentReaderConformance({ describe, test }, 'mmap without a mapper over pread', overPread('none'));
storageDirectoryConformance({ describe, test }, 'mmap over memory', overMemory);
segmentReaderConformance({ describe, test }, 'mmap over memory', overMemory);
