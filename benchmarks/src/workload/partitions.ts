import { performance } from 'node:perf_hooks';
import {
  bytes,
  type Engine,
  openEngine,
  type PartitionLog,
  preadModule,
  syncModule,
  walModule,
} from 'seglog';
import { type RecordBlock, randomIntegers, recordBlocks } from '../contender/record-block.js';
import { measureRate, type RateLimits } from '../measure/rate.js';
import type { Watch } from '../measure/watch.js';
import { PER_SECOND, type Turn, type Values, type Workload, type Workplace } from './workload.js';

const DURABLE_PARTITIONS = 100;
const PRODUCERS = 64;
const TOPIC = 'records';
/** Appends in flight over many partitions, and records of each. */
const STRIDE = 64;
const BATCH = 100;

/**
 * Each producer appends to a partition at random; without a write-ahead log every partition syncs for itself: four at a
 * time in the threads of Node, or one after the other on the event loop.
 */
export const durablePartitions: Workload = {
  id: 'partitions.durable',
  title: `append one record at a time, durable, ${PRODUCERS} producers over ${DURABLE_PARTITIONS} partitions`,
  metrics: [PER_SECOND],
  targets: [
    { row: 'seglog wal', to: 'seglog', atLeast: 10 },
    { row: 'seglog wal blocking', to: 'seglog blocking', atLeast: 10 },
  ],
  turns: () => [
    engineTurn('seglog', durableTurn({})),
    engineTurn('seglog wal', durableTurn({ ahead: true })),
    engineTurn('seglog blocking', durableTurn({ blockingSyncs: true })),
    engineTurn('seglog wal blocking', durableTurn({ blockingSyncs: true, ahead: true })),
  ],
};

/** From nothing to appends all over, and open again after a clean close, every partition of them. */
export const manyPartitions: Workload = {
  id: 'partitions.many',
  title: 'append batches of 100, not synced, 64 in flight over 10,000 partitions (300 in a quick run)',
  metrics: [
    PER_SECOND,
    { id: 'createMs', unit: 'ms', better: 'lower' },
    { id: 'openMs', unit: 'ms', better: 'lower' },
  ],
  maxRounds: 1,
  turns: () => [
    engineTurn('seglog', async (workplace) => ({
      ...(await costOfPartitions(workplace, workplace.scale.partitions)),
    })),
  ],
};

function engineTurn(contender: string, measure: Turn['measure']): Turn {
  return { contender, kind: 'seglog', measure };
}

function durableTurn({ blockingSyncs = false, ahead = false }): Turn['measure'] {
  return async ({ directory, rate }) => {
    const modules = [preadModule(directory, { blockingSyncs }), ...(ahead ? [walModule()] : [])];
    return durableRate(await openEngine({ modules }), rate);
  };
}

async function durableRate(engine: Engine, rate: RateLimits): Promise<Values> {
  try {
    const logs = await partitionsOf(engine, DURABLE_PARTITIONS);
    const blocks = recordBlocks({ blocks: 1000, recordsPerBlock: 1 });
    const next = randomIntegers(5);
    const one = (): Promise<unknown> => append(logs, blocks, next());
    const all = (): Promise<unknown> => Promise.all(Array.from({ length: PRODUCERS }, one));
    return { [PER_SECOND.id]: (await measureRate(all, rate)) * PRODUCERS };
  } finally {
    await engine.close();
  }
}

/** Records per second, and milliseconds for all partitions. */
export interface PartitionsCost {
  readonly recordsPerSecond: number;
  readonly reads: number;
  readonly createMs: number;
  readonly openMs: number;
}

/** What so many partitions cost: appends to them in turn, their creation, and opening them again. */
export async function costOfPartitions(
  { directory, rate, watch }: Pick<Workplace, 'directory' | 'rate' | 'watch'>,
  partitions: number,
): Promise<PartitionsCost> {
  const modules = [preadModule(directory), syncModule('never')];
  const started = performance.now();
  const [engine, logs] = await watch(() => createAll(modules, partitions), 'createUs');
  const createMs = performance.now() - started;
  const blocks = recordBlocks({ blocks: 10, recordsPerBlock: BATCH });
  let at = 0;
  const stride = (): Promise<unknown> =>
    Promise.all(Array.from({ length: STRIDE }, () => append(logs, blocks, at++)));
  // Once round, so that no partition meets its first append while the clock runs.
  for (let seen = 0; seen < partitions; seen += STRIDE) await stride();
  const strides = await measureRate(stride, rate, 'appendNs');
  const reads = await readsPerSecond(logs, rate);
  await engine.close();
  const openMs = await openAllMs(modules, watch);
  return { recordsPerSecond: strides * STRIDE * BATCH, reads, createMs, openMs };
}

type Modules = Parameters<typeof openEngine>[0]['modules'];

async function createAll(
  modules: Modules,
  partitions: number,
): Promise<readonly [Engine, readonly PartitionLog[]]> {
  const engine = await openEngine({ modules });
  return [engine, await partitionsOf(engine, partitions)];
}

/** The first record of one partition after the other. */
async function readsPerSecond(logs: readonly PartitionLog[], rate: RateLimits): Promise<number> {
  let at = 0;
  const stride = async (): Promise<void> => {
    for (let i = 0; i < STRIDE; i++) {
      const read = await logs[at++ % logs.length]?.read(0, { maxRecords: 1 });
      if (read?.records.length !== 1) throw new Error('a partition has lost its first record');
    }
  };
  // Twice round: what is read again stays in memory, as far as it goes.
  for (let seen = 0; seen < 2 * logs.length; seen += STRIDE) await stride();
  return (await measureRate(stride, rate, 'readNs')) * STRIDE;
}

async function openAllMs(modules: Modules, watch: Watch): Promise<number> {
  const started = performance.now();
  const engine = await watch(async () => {
    const opened = await openEngine({ modules });
    await opened.recover();
    return opened;
  }, 'openUs');
  const openMs = performance.now() - started;
  await engine.close();
  return openMs;
}

async function partitionsOf(engine: Engine, partitions: number): Promise<readonly PartitionLog[]> {
  const topic = await engine.createTopic(TOPIC, { partitions, key: bytes(), value: bytes() });
  return Promise.all(Array.from({ length: partitions }, (_, partition) => topic.partition(partition)));
}

function append(logs: readonly PartitionLog[], blocks: readonly RecordBlock[], n: number): Promise<unknown> {
  const [log, block] = [logs[n % logs.length], blocks[n % blocks.length]];
  if (log === undefined || block === undefined) throw new RangeError('there are no partitions');
  return log.append(block.inputs);
}
