import type { Contender } from '../contender/contender.js';
import type { RateLimits } from '../measure/rate.js';
import type { FilledStores } from '../run/filled-stores.js';
import type { Scale } from '../run/scale.js';

/** Something that every contender does in turn, measured once per round. */
export interface Workload {
  /** Begins the keys of its figures: `append.batch`. */
  readonly id: string;
  /** What is done, as a person would say it. */
  readonly title: string;
  /** What is measured; ratios and charts are about the first. */
  readonly metrics: readonly [Metric, ...Metric[]];
  /** The ratio to the best peer that Seglog aims at, by its first metric. */
  readonly target?: number | undefined;
  isFor(contender: Contender): boolean;
  measure(contender: Contender, workplace: Workplace): Promise<Values>;
}

export interface Metric {
  readonly id: string;
  readonly unit: 'records/s' | 'ms' | 'us' | 'bytes';
  readonly better: 'higher' | 'lower';
}

/** Values by the ids of the metrics. */
export type Values = Readonly<Record<string, number>>;

/** What a measurement is given. */
export interface Workplace {
  /** Empty, and removed afterwards. */
  readonly directory: string;
  readonly scale: Scale;
  /** How long to measure a rate in this round. */
  readonly rate: RateLimits;
  /** Stores with `scale.storedRecords` records, made once for all workloads that read. */
  readonly filled: FilledStores;
}

export const PER_SECOND: Metric = { id: 'recordsPerSecond', unit: 'records/s', better: 'higher' };
