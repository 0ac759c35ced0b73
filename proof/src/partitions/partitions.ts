import { join } from 'node:path';
import { runChild } from '../child/run-child.js';
import type { PartitionsFound, PartitionsPlan } from './partitions-plan.js';

export interface PartitionsOptions {
  /** An empty directory; it stays. */
  readonly directory: string;
  readonly topics: number;
  readonly partitions: number;
  readonly maxOpenFiles: number;
}

export interface PartitionsResult {
  readonly created: PartitionsFound;
  readonly opened: PartitionsFound;
}

const PROGRAM = 'partitions/partitions-child';

/** Makes partitions in one process, and opens all of them in another one. */
export async function runPartitions(options: PartitionsOptions): Promise<PartitionsResult> {
  const { topics, partitions, maxOpenFiles } = options;
  const engine = {
    directory: join(options.directory, 'data'),
    reader: 'pread',
    codec: 'batch',
    sync: 'always',
    maxOpenFiles,
  } as const;
  const plan: PartitionsPlan = { engine, topics, partitions, create: true };
  const created = await runChild<PartitionsFound>(PROGRAM, plan);
  const opened = await runChild<PartitionsFound>(PROGRAM, { ...plan, create: false });
  return { created, opened };
}
