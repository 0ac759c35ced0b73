/** Middle of what was measured, NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const high = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? Number.NaN) + high) / 2;
}

export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** Half of the way from low to high, in parts of the median. */
  readonly deviation: number;
}

export function spread(values: readonly number[]): Spread {
  const [middle, low, high] = [median(values), Math.min(...values), Math.max(...values)];
  return { median: middle, low, high, deviation: (high - low) / 2 / middle };
}
