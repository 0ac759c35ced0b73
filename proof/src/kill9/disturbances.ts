import { setTimeout as sleep } from 'node:timers/promises';
import type { Load } from './load.js';
import type { LoadPartition } from './load-partition.js';

const MAX_PARTITIONS = 6;
const MAX_BYTES = 1024 * 1024;

type Disturbance = (load: Load) => Promise<void>;

/** With how often each happens among the others. */
const SHARES: readonly (readonly [Disturbance, number])[] = [
  [roll, 3],
  [deleteSome, 2],
  [deleteMost, 1],
  [truncate, 2],
  [syncOne, 1],
  [syncAll, 1],
];
const OF_LOGS = SHARES.flatMap(([disturbance, times]) => Array<Disturbance>(times).fill(disturbance));
const OF_TOPICS: readonly Disturbance[] = [createTopic, growTopic, dropTopic];

/** Everything that is done to logs beside appending to them. */
export async function disturbLogs(load: Load): Promise<void> {
  while (!load.stopping) {
    await sleep(load.random.below(6));
    const crowded = load.partitions.find(({ log, free }) => free && log.stats().bytes > MAX_BYTES);
    if (crowded !== undefined) await trim(load, crowded);
    await OF_LOGS[load.random.below(OF_LOGS.length)]?.(load);
  }
}

/** Topics come, grow and go. */
export async function disturbTopics(load: Load): Promise<void> {
  while (!load.stopping) {
    await sleep(load.random.below(40));
    await OF_TOPICS[load.random.below(OF_TOPICS.length)]?.(load);
  }
}

async function roll(load: Load): Promise<void> {
  const partition = load.pick();
  await partition?.maintain((log) => log.roll());
}

async function syncOne(load: Load): Promise<void> {
  const partition = load.pick();
  await partition?.maintain((log) => log.sync());
}

async function syncAll({ engine }: Load): Promise<void> {
  await engine.sync();
}

async function deleteSome(load: Load): Promise<void> {
  const partition = load.pick();
  if (partition !== undefined) await deletePart(load, partition, 10);
}

async function deleteMost(load: Load): Promise<void> {
  const partition = load.pick();
  if (partition !== undefined) await deletePart(load, partition, 100);
}

async function trim(load: Load, partition: LoadPartition): Promise<void> {
  const { logStart, highWatermark } = partition.log.offsets();
  const kept = load.random.below(Math.max(1, Math.floor((highWatermark - logStart) / 4)));
  await partition.deleteBefore(highWatermark - kept);
}

async function deletePart(load: Load, partition: LoadPartition, percent: number): Promise<void> {
  const { logStart, highWatermark } = partition.log.offsets();
  const most = Math.floor(((highWatermark - logStart) * percent) / 100);
  await partition.deleteBefore(logStart + load.random.below(most + 1));
}

async function truncate(load: Load): Promise<void> {
  const partition = load.pick();
  if (partition === undefined) return;
  const release = await partition.reserve();
  try {
    if (partition.gone) return;
    const { logStart, logEnd } = partition.log.offsets();
    const dropped = load.random.below(Math.max(1, Math.min(200, logEnd - logStart)));
    await partition.truncateAfter(logEnd - 1 - dropped);
  } finally {
    release();
  }
}

async function createTopic(load: Load): Promise<void> {
  const name = `passing-${load.random.below(4)}`;
  if (load.partitions.some(({ topic }) => topic === name)) return;
  await load.create({ name, partitions: 1 + load.random.below(3), settings: { maxSegmentBytes: 32 * 1024 } });
}

async function growTopic(load: Load): Promise<void> {
  const partition = load.pick();
  if (partition === undefined) return;
  const { topic } = partition;
  const count = load.partitions.filter((other) => other.topic === topic).length;
  const partitions = count + 1;
  if (partitions > MAX_PARTITIONS) return;
  const { ledger } = load.context;
  const operation = ledger.intend({ type: 'grow', topic, partitions });
  await load.engine.topic(topic).addPartitions(partitions);
  ledger.settle(operation, { type: 'done' });
  await load.adopt(topic, count, undefined);
}

async function dropTopic(load: Load): Promise<void> {
  const topic = `passing-${load.random.below(4)}`;
  const doomed = load.partitions.filter((partition) => partition.topic === topic);
  if (doomed.length === 0) return;
  await Promise.all(doomed.map((partition) => partition.reserve()));
  for (const partition of doomed) partition.gone = true;
  load.partitions.splice(
    0,
    load.partitions.length,
    ...load.partitions.filter((other) => other.topic !== topic),
  );
  const { ledger } = load.context;
  const operation = ledger.intend({ type: 'drop', topic });
  await load.engine.deleteTopic(topic);
  ledger.settle(operation, { type: 'done' });
}
