import type { EnginePlan } from '../engine/open-engine.js';

export interface PartitionsPlan {
  readonly engine: EnginePlan;
  readonly topics: number;
  /** Of each topic. */
  readonly partitions: number;
  /** Makes them; otherwise they are there. */
  readonly create: boolean;
}

export interface PartitionsFound {
  /** Until the engine was open, its partitions not yet. */
  readonly engineSeconds: number;
  /** Until the marks of every partition were known. */
  readonly seconds: number;
  readonly closeSeconds: number;
  readonly partitions: number;
  /** Partitions whose recovery said that they had been closed cleanly, and what was scanned in all of them. */
  readonly clean: number;
  readonly scannedBytes: number;
  /** With everything open, and the most at any time. */
  readonly rssMiB: number;
  readonly peakMiB: number;
  /** That the engine's disk counts, and that the process has. */
  readonly descriptors: number;
  readonly processDescriptors: number;
}
