import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { batchFrameCodec, parseSyncPolicy } from '@seglog/core';
import { PreadDirectory } from '@seglog/fs-pread';
import { type CreatePartitionLog, LogWorkbench, partitionLogConformance } from '@seglog/testing';
import { describe, test } from 'vitest';
import { loadMmapIo, loadSegmap, type MapperChoice, MmapDirectory } from '../src/index.js';

const SETTINGS = { maxSegmentBytes: 8 * 1024, indexIntervalBytes: 512, deleteDelayMs: 0 };
const codec = batchFrameCodec();

function mapped(policy: string, mapper: MapperChoice): CreatePartitionLog {
  return async (wishes) => {
    const root = mkdtempSync(join(tmpdir(), 'seglog-mmap-log-'));
    const directory = new MmapDirectory(new PreadDirectory(root), { mapper });
    const parts = { codec, syncPolicy: parseSyncPolicy(policy) };
    const bench = await LogWorkbench.open(directory, { parts, settings: { ...SETTINGS, ...wishes } });
    const dispose = async (): Promise<void> => {
      await bench.dispose();
      await directory.close();
      rmSync(root, { recursive: true, force: true });
    };
    return { log: bench.log, dispose };
  };
}

const mappers = { segmap: loadSegmap(), 'mmap-io': loadMmapIo() };
for (const [name, mapper] of Object.entries(mappers)) {
  if (mapper === undefined) {
    test(`a log over maps of ${name}`, (context) => context.skip(`${name} does not load in this Node`));
    continue;
  }
  for (const policy of name === 'segmap' ? ['always', 'group:2ms'] : ['always']) {
    const { atomicBatch, producer } = codec.guarantees;
    const supports = { atomicBatch, producer, acknowledge: parseSyncPolicy(policy)().acknowledge };
    const create = mapped(policy, mapper);
    partitionLogConformance({ describe, test }, `over maps of ${name}, ${policy}`, create, { supports });
  }
}
