import type { Contender, Kind } from '../contender/contender.js';
import type { NativeLimit } from '../contender/native-limit.js';
import type { RateLimits } from '../measure/rate.js';
import type { Watch } from '../measure/watch.js';
import type { FilledStores } from '../run/filled-stores.js';
import type { Scale, StockName } from '../run/scale.js';

/** Something that several do in turn, measured once per round. */
export interface Workload {
  /** Begins the keys of its figures: `append.batch`. */
  readonly id: string;
  /** What is done, as a person would say it. */
  readonly title: string;
  /** What is measured; ratios and charts are about the first. */
  readonly metrics: readonly [Metric, ...Metric[]];
  /** What Seglog aims at here. */
  readonly targets?: readonly Target[] | undefined;
  /** Which filled stores it reads: they are kept until the last workload that needs them. */
  readonly stock?: StockName | undefined;
  /** Fewer than the others', where one takes long. */
  readonly maxRounds?: number | undefined;
  /** Who takes part of those that are there. */
  turns(field: Field): readonly Turn[];
}

/** Everybody who could take part in a run. */
export interface Field {
  readonly contenders: readonly Contender[];
  /** The program in C; undefined where nothing compiles it. */
  readonly native: NativeLimit | undefined;
}

/** One participant of a workload: a contender, or something of our own that is compared with its like. */
export interface Turn {
  readonly contender: string;
  readonly kind: Kind;
  measure(workplace: Workplace): Promise<Values>;
}

export interface Metric {
  readonly id: string;
  readonly unit: 'records/s' | 'syncs/s' | 'bytes/s' | 'ms' | 'us' | 'ns' | 'bytes';
  readonly better: 'higher' | 'lower';
}

/** A bound that Seglog has set itself. Exactly one of the two. */
export interface Target {
  /** Default: the workload's first. */
  readonly metric?: string | undefined;
  /**
   * What the bound is a ratio to, above 1 being better: the best peer, the raw limit, or another row by its name. Absent: the
   * bound is the value itself.
   */
  readonly to?: 'peer' | 'raw' | (string & {}) | undefined;
  /** The row that it is about. Default: the better one of Seglog. */
  readonly row?: string | undefined;
  readonly atLeast?: number | undefined;
  readonly atMost?: number | undefined;
}

/** Values by the ids of the metrics. A participant may leave one out that means nothing for it, but not the first. */
export type Values = Readonly<Record<string, number>>;

/** What a measurement is given. */
export interface Workplace {
  /** Empty, and removed afterwards. */
  readonly directory: string;
  readonly scale: Scale;
  /** How long to measure a rate in this round. */
  readonly rate: RateLimits;
  /** Stores that are made once for all workloads that read. */
  readonly filled: FilledStores;
  /** Goes around what is measured otherwise than as a rate. */
  readonly watch: Watch;
}

export const PER_SECOND: Metric = { id: 'recordsPerSecond', unit: 'records/s', better: 'higher' };
