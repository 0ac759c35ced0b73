import type { Scale } from '../run/scale.js';
import type { Metric, Values, Workplace } from '../workload/workload.js';

/** What counts as flat: medians of short runs differ by that much on their own. */
export const FLAT = 2;

/** How our own cost grows with the size of something, decade by decade. */
export interface Growth {
  readonly id: string;
  /** What grows, as a person would say it. */
  readonly title: string;
  /** Of what there is more and more: `records`. */
  readonly axis: string;
  readonly charts: readonly GrowthChart[];
  /** Values that must not grow: at no size more than {@link FLAT} times what they are at a smaller one. */
  readonly flat: readonly string[];
  /** Ascending. */
  readonly sizes: (scale: Scale) => readonly number[];
  readonly measure: (size: number, workplace: Workplace) => Promise<Values>;
}

/** Some of the values that are measured at each size, in one unit. */
export interface GrowthChart {
  readonly id: string;
  readonly title: string;
  readonly unit: Metric['unit'];
  /** Names by the ids of the values. */
  readonly lines: Readonly<Record<string, string>>;
}

/** Powers of ten from `first` to `last`, which are such themselves. */
export function decades(first: number, last: number): readonly number[] {
  const sizes: number[] = [];
  for (let size = first; size <= last; size *= 10) sizes.push(size);
  return sizes;
}
