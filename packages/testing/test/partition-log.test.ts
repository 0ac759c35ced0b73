import {
  batchFrameCodec,
  crc32c,
  crcFrameCodec,
  fileIndex,
  MemoryDirectory,
  memoryIndex,
  noIndex,
  parseSyncPolicy,
} from '@seglog/core';
import { describe, test } from 'vitest';
import {
  type CreatePartitionLog,
  type LogMakings,
  LogWorkbench,
  partitionLogConformance,
} from '../src/index.js';

const CODECS = [batchFrameCodec(), crcFrameCodec()];
const INDEXES = [
  ['file', fileIndex({ checksum: crc32c() })],
  ['memory', memoryIndex()],
  ['no', noIndex()],
] as const;
const POLICIES = ['always', 'never', 'group:2ms', 'appends:10', 'bytes:2000', 'ms:5'];
const SETTINGS = {
  maxSegmentBytes: 8 * 1024,
  indexIntervalBytes: 512,
  deleteDelayMs: 0,
  watermarkDelayMs: 1,
};

function inMemory({ parts }: Pick<LogMakings, 'parts'>): CreatePartitionLog {
  return async (wishes) => {
    const settings = { ...SETTINGS, ...wishes };
    const bench = await LogWorkbench.open(new MemoryDirectory(), { parts: parts ?? {}, settings });
    return { log: bench.log, dispose: () => bench.dispose() };
  };
}

/** Every codec with every policy, the indexes in turn; and every codec with every index under the two extremes. */
const COMPOSITIONS = CODECS.flatMap((codec, c) =>
  POLICIES.flatMap((policy, p) =>
    INDEXES.filter((_, i) => p < 2 || i === (c + p) % INDEXES.length).map(([name, index]) => ({
      codec,
      name,
      index,
      policy,
    })),
  ),
);

for (const { codec, name, index, policy } of COMPOSITIONS) {
  const syncPolicy = parseSyncPolicy(policy);
  const { atomicBatch, producer } = codec.guarantees;
  const supports = { atomicBatch, producer, acknowledge: syncPolicy().acknowledge };
  const create = inMemory({ parts: { codec, index, syncPolicy } });
  partitionLogConformance({ describe, test }, `${codec.name}, ${name} index, ${policy}`, create, {
    supports,
  });
}
