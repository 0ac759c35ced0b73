import { MemoryDirectory } from '@seglog/core';
import { type CreatePartitionLog, partitionLogConformance } from '@seglog/testing';
import { describe, expect, test } from 'vitest';
import { memoryModule, openEngine, walModule } from '../src/index.js';

const create: CreatePartitionLog = async (wishes) => {
  const settings = {
    maxSegmentBytes: 8 * 1024,
    indexIntervalBytes: 512,
    deleteDelayMs: 0,
    watermarkDelayMs: 1,
    ...wishes,
  };
  const engine = await openEngine({
    modules: [memoryModule(), walModule({ maxQueuedBytes: wishes.maxQueuedBytes ?? 64 * 1024 * 1024 })],
    settings,
  });
  await engine.createTopic('t', { partitions: 1 });
  const log = await engine.log('t', 0);
  return { log, dispose: () => engine.close().catch(() => undefined) };
};
partitionLogConformance({ describe, test }, 'behind a write-ahead log', create, {
  supports: { acknowledge: 'synced', producer: true, atomicBatch: true },
});

test('records come back', async () => {
  const root = new MemoryDirectory();
  const modules = [memoryModule(root), walModule()];
  const engine = await openEngine({ modules });
  const topic = await engine.createTopic<number>('t', { partitions: 3 });
  for (let i = 0; i < 10; i += 1) await topic.append({ value: i, partition: i % 3 });
  await engine.close();
  const again = await openEngine({ modules });
  expect((await again.topic<number>('t').read(0, 0)).records.map(({ value }) => value)).toEqual([0, 3, 6, 9]);
  await again.close();
});
