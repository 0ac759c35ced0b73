import type { Stock } from '../contender/fill.js';
import type { RateLimits } from '../measure/rate.js';

/** Values of 100 B, 1 KiB and 16 KiB; a store of 1 GiB; and one whose writer was killed. */
export type StockName = 'small' | 'kilobyte' | 'large' | 'gigabyte' | 'crashed';

/** How much is measured: the work is the same, there is more or less of it. */
export interface Scale {
  readonly name: 'full' | 'quick' | 'smoke';
  readonly rounds: number;
  readonly rate: RateLimits;
  /** Warm-up of the first round in seconds: until the compiler has seen everything. */
  readonly firstWarmUp: number;
  /** The stores that are read, reopened and recovered. */
  readonly stocks: Readonly<Record<StockName, Stock>>;
  /** Records that a process of its own appends while its memory is watched. */
  readonly appendsInChild: number;
  /** How long something goes on while the delay of the event loop is watched. */
  readonly loopDelayMs: number;
  /** Appends whose latency is taken, not synced and synced. */
  readonly latencies: number;
  readonly durableLatencies: number;
  /** Partitions of the engine that has many. */
  readonly partitions: number;
  /** Records of the log that is compacted, and the keys among them. */
  readonly compactedRecords: number;
  readonly compactedKeys: number;
  /** Powers of ten, first and last, of which the growth of our own cost is measured. */
  readonly grownRecords: readonly [first: number, last: number];
  readonly grownPartitions: readonly [first: number, last: number];
}

export const full: Scale = {
  name: 'full',
  rounds: 5,
  // The fastest contender writes about 4 GB/s: longer runs would measure how the system throttles writers.
  rate: { warmUp: 0.02, minTime: 0.02, maxTime: 0.2, minSamples: 2 },
  firstWarmUp: 0.5,
  stocks: {
    small: { records: 500_000, valueBytes: 100 },
    kilobyte: { records: 100_000, valueBytes: 1024 },
    large: { records: 10_000, valueBytes: 16_384 },
    gigabyte: { records: 1_033_000, valueBytes: 1024 },
    crashed: { records: 1_033_000, valueBytes: 1024 },
  },
  appendsInChild: 1_000_000,
  loopDelayMs: 1500,
  latencies: 50_000,
  durableLatencies: 2000,
  partitions: 10_000,
  compactedRecords: 1_000_000,
  compactedKeys: 50_000,
  grownRecords: [10_000, 10_000_000],
  grownPartitions: [1, 10_000],
};

export const quick: Scale = {
  name: 'quick',
  rounds: 3,
  rate: { warmUp: 0.005, minTime: 0.005, maxTime: 0.02, minSamples: 2 },
  firstWarmUp: 0.25,
  stocks: {
    small: { records: 50_000, valueBytes: 100 },
    kilobyte: { records: 10_000, valueBytes: 1024 },
    large: { records: 1000, valueBytes: 16_384 },
    gigabyte: { records: 50_000, valueBytes: 1024 },
    crashed: { records: 50_000, valueBytes: 1024 },
  },
  appendsInChild: 100_000,
  loopDelayMs: 100,
  latencies: 3000,
  durableLatencies: 150,
  partitions: 300,
  compactedRecords: 100_000,
  compactedKeys: 5000,
  grownRecords: [10_000, 100_000],
  grownPartitions: [1, 100],
};

export const smoke: Scale = {
  name: 'smoke',
  rounds: 1,
  rate: { warmUp: 0.001, minTime: 0.001, maxTime: 0.002, minSamples: 1 },
  firstWarmUp: 0.001,
  stocks: {
    small: { records: 3000, valueBytes: 100 },
    kilobyte: { records: 500, valueBytes: 1024 },
    large: { records: 50, valueBytes: 16_384 },
    gigabyte: { records: 500, valueBytes: 1024 },
    crashed: { records: 500, valueBytes: 1024 },
  },
  appendsInChild: 1000,
  loopDelayMs: 10,
  latencies: 50,
  durableLatencies: 5,
  partitions: 8,
  compactedRecords: 2000,
  compactedKeys: 100,
  grownRecords: [1000, 10_000],
  grownPartitions: [1, 10],
};
