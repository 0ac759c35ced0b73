import {
  BufferPool,
  batchFrameCodec,
  crc32c,
  crcFrameCodec,
  defaultComponents,
  type FrameCodec,
  Log,
  WriterSession,
} from '@seglog/core';
import { describe, expect, test } from 'vitest';
import { type OpenLogOnDisk, partitionLogCrashConformance } from '../../src/index.js';
import { failuresOf } from '../planted-runner.js';

/** Shared by all logs, so that a state costs no fresh memory. */
const BUFFERS = new BufferPool({ bufferBytes: 16 * 1024, maxIdle: 8 });

/** A log with its session, on a disk that may drop what a call was to do. */
function openWith(codec: FrameCodec, skipped?: 'syncs' | 'directory syncs'): OpenLogOnDisk {
  return async (disk) => {
    const { clock, random, root } = disk;
    const session = await WriterSession.open(root, { clock, random, checksum: crc32c() });
    const directory = await root.directory('log', { create: true });
    await root.sync();
    if (skipped === 'directory syncs') directory.sync = async () => undefined;
    if (skipped === 'syncs') {
      const create = directory.create.bind(directory);
      directory.create = async (name) => Object.assign(await create(name), { sync: async () => undefined });
    }
    const components = {
      ...defaultComponents(directory, session),
      clock,
      random,
      codec,
      writeBuffers: BUFFERS,
      readBuffers: BUFFERS,
    };
    const log = new Log(components, { preallocateBytes: 1024, groupBytes: 16 * 1024 });
    await log.open();
    const close = async (): Promise<void> => {
      await log.close();
      await session.close({ clean: true });
      await root.close();
    };
    return { log, close };
  };
}

for (const codec of [batchFrameCodec(), crcFrameCodec()]) {
  const { atomicBatch } = codec.guarantees;
  partitionLogCrashConformance({ describe, test }, `the log with ${codec.name} frames`, openWith(codec), {
    supports: { atomicBatch },
  });
}

test.each(['syncs', 'directory syncs'] as const)('a log that leaves out %s fails', async (skipped) => {
  const failures = await failuresOf((runner) =>
    partitionLogCrashConformance(runner, 'hasty', openWith(batchFrameCodec(), skipped), {
      supports: { atomicBatch: true },
    }),
  );
  expect(failures.length).toBeGreaterThan(3);
});
