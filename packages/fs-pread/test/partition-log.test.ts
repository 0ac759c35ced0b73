import { batchFrameCodec, parseSyncPolicy } from '@seglog/core';
import { type CreatePartitionLog, LogWorkbench, partitionLogConformance } from '@seglog/testing';
import { describe, test } from 'vitest';
import type { PreadOptions } from '../src/index.js';
import { createRoot } from './temporary-root.js';

const SETTINGS = { maxSegmentBytes: 8 * 1024, indexIntervalBytes: 512, deleteDelayMs: 0 };
const codec = batchFrameCodec();

function onDisk(policy: string, options: PreadOptions): CreatePartitionLog {
  return async (wishes) => {
    const root = await createRoot(options);
    const parts = { codec, syncPolicy: parseSyncPolicy(policy) };
    const bench = await LogWorkbench.open(root.directory, { parts, settings: { ...SETTINGS, ...wishes } });
    const dispose = async (): Promise<void> => {
      await bench.dispose();
      await root.dispose();
    };
    return { log: bench.log, dispose };
  };
}

const COMPOSITIONS = [
  ['always', {}],
  ['always', { blockingSyncs: true }],
  ['group:2ms', { maxOpenFiles: 2 }],
  ['never', { syncReadBytes: 0, syncWriteBytes: 0 }],
] as const;

for (const [policy, options] of COMPOSITIONS) {
  const { atomicBatch, producer } = codec.guarantees;
  const supports = { atomicBatch, producer, acknowledge: parseSyncPolicy(policy)().acknowledge };
  const name = `over pread ${JSON.stringify(options)}, ${policy}`;
  partitionLogConformance({ describe, test }, name, onDisk(policy, options), { supports });
}
