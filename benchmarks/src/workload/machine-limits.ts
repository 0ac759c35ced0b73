import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { NativeWork } from '../contender/native-limit.js';
import { VALUE_BYTES } from '../contender/record-block.js';
import { measureRate, type RateLimits } from '../measure/rate.js';
import { contest } from './contest.js';
import type { Metric, Workload } from './workload.js';

const BYTES: Metric = { id: 'bytesPerSecond', unit: 'bytes/s', better: 'higher' };
const SYNCS: Metric = { id: 'syncsPerSecond', unit: 'syncs/s', better: 'higher' };
const MEMORY_BYTES = 64 * 2 ** 20;
const WRITE_BYTES = 2 ** 20;
/** A record with its frame: what the program in C syncs. */
const SYNC_BYTES = 124;

interface LimitShape {
  readonly work: NativeWork;
  readonly title: string;
  readonly metric: Metric;
  /** The same from Node. */
  readonly inNode: (directory: string, rate: RateLimits) => Promise<number>;
}

const shapes: readonly LimitShape[] = [
  { work: 'copy', title: 'copy 64 MiB in memory', metric: BYTES, inNode: copies },
  {
    work: 'write',
    title: 'write 1 MiB to the system, one write after the other',
    metric: BYTES,
    inNode: writes,
  },
  { work: 'sync', title: 'make one record durable in space written before', metric: SYNCS, inNode: syncs },
];

/** What the machine can do at most: no store takes part. */
export const machineLimits: readonly Workload[] = shapes.map(({ work, title, metric, inNode }) => ({
  id: `machine.${work}`,
  title,
  metrics: [metric],
  turns: contest({
    isFor: ({ kind }) => kind === 'raw',
    measure: async (_, { directory, rate }) => ({ [metric.id]: await inNode(directory, rate) }),
    limit: async (native, { directory, rate }) => ({
      [metric.id]: await native.measure(work, { directory, rate, valueBytes: VALUE_BYTES, batch: 1 }),
    }),
  }),
}));

async function copies(_: string, rate: RateLimits): Promise<number> {
  const source = Buffer.alloc(MEMORY_BYTES, 'x');
  const target = Buffer.alloc(MEMORY_BYTES, 'y');
  let sink = 0;
  const copy = async (): Promise<void> => {
    source.copy(target);
    sink += target[sink % MEMORY_BYTES] ?? 0;
  };
  return (await measureRate(copy, rate)) * MEMORY_BYTES;
}

function writes(directory: string, rate: RateLimits): Promise<number> {
  const bytes = Buffer.alloc(WRITE_BYTES, 'x');
  return withFile(directory, async (file) => {
    const write = async (): Promise<number> => writeSync(file, bytes);
    return (await measureRate(write, rate)) * WRITE_BYTES;
  });
}

function syncs(directory: string, rate: RateLimits): Promise<number> {
  const bytes = Buffer.alloc(SYNC_BYTES, 'x');
  return withFile(directory, async (file) => {
    writeSync(file, Buffer.alloc(WRITE_BYTES));
    let at = 0;
    const sync = async (): Promise<void> => {
      writeSync(file, bytes, 0, SYNC_BYTES, (at++ * SYNC_BYTES) % (WRITE_BYTES - SYNC_BYTES));
      fdatasyncSync(file);
    };
    return measureRate(sync, rate);
  });
}

async function withFile(directory: string, use: (file: number) => Promise<number>): Promise<number> {
  const file = openSync(join(directory, 'data'), 'w');
  try {
    return await use(file);
  } finally {
    closeSync(file);
  }
}
