import { FLAT, type Growth, type GrowthChart } from '../growth/growth.js';
import { type Spread, spread } from '../measure/statistics.js';
import type { Values } from '../workload/workload.js';
import { ratioText } from './number-text.js';
import type { Verdict } from './verdict.js';

/** One size of a growth in one round. */
export interface GrowthSample {
  readonly growth: string;
  readonly size: number;
  /** Absent when it failed. */
  readonly values?: Values;
  readonly error?: string;
}

export interface GrowthReport {
  readonly id: string;
  readonly title: string;
  readonly axis: string;
  readonly charts: readonly GrowthChart[];
  /** On each value that must stay flat. */
  readonly verdicts: readonly Verdict[];
  /** In the order of their sizes. */
  readonly points: readonly GrowthPoint[];
  readonly errors: readonly string[];
}

export interface GrowthPoint {
  readonly size: number;
  readonly values: Readonly<Record<string, Spread>>;
}

export function growthReports(
  growths: readonly Growth[],
  samples: readonly GrowthSample[],
): readonly GrowthReport[] {
  return growths.map(({ id, title, axis, charts, flat }) => {
    const own = samples.filter(({ growth }) => growth === id);
    const sizes = [...new Set(own.map(({ size }) => size))].toSorted((a, b) => a - b);
    const points = sizes.map((size) => pointOf(size, own));
    const verdicts = flat.map((value) => flatness(`${id} ${value}`, value, points));
    return { id, title, axis, charts, verdicts, points, errors: own.flatMap(({ error }) => error ?? []) };
  });
}

/** How much dearer a size is than any smaller one; what has a fixed share is dearest where there is least, and may be. */
function flatness(id: string, value: string, points: readonly GrowthPoint[]): Verdict {
  let [cheapest, factor] = [Number.POSITIVE_INFINITY, points.length === 0 ? Number.NaN : 1];
  for (const { values } of points) {
    const cost = values[value]?.median ?? Number.NaN;
    factor = Math.max(factor, cost / cheapest);
    cheapest = Math.min(cheapest, cost);
  }
  return {
    id,
    wanted: `at most ${ratioText(FLAT)} what a smaller size costs`,
    found: Number.isNaN(factor) ? 'failed' : ratioText(factor),
    reached: factor <= FLAT,
  };
}

function pointOf(size: number, samples: readonly GrowthSample[]): GrowthPoint {
  const rounds = samples.flatMap(({ size: other, values }) => (other === size && values ? [values] : []));
  const ids = Object.keys(rounds[0] ?? {});
  const spreads = ids.map((id) => [id, spread(rounds.map((values) => values[id] ?? Number.NaN))]);
  return { size, values: Object.fromEntries(spreads) };
}
