/** Buckets per doubling: a percentile is off by at most 1/32 of itself. */
const STEPS = 32;
const STEP_BITS = 5;
const DOUBLINGS = 40;

/** Counts durations from 0 to 2^40 ns (18 minutes) in buckets that grow with them. Recording allocates nothing. */
export class LatencyHistogram {
  readonly #counts: Float64Array = new Float64Array(DOUBLINGS * STEPS);
  #total = 0;

  public get total(): number {
    return this.#total;
  }

  /** `nanoseconds`: at least 0; longer than the longest counts as the longest. */
  public record(nanoseconds: number): void {
    const bucket = Math.min(bucketOf(Math.trunc(nanoseconds)), this.#counts.length - 1);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#total++;
  }

  /** The middle of the bucket below or at which `percent` (0 to 100) of the durations lie, in nanoseconds; NaN if none. */
  public percentile(percent: number): number {
    const wanted = Math.max(1, Math.ceil((this.#total * percent) / 100));
    let seen = 0;
    for (let bucket = 0; bucket < this.#counts.length; bucket++) {
      seen += this.#counts[bucket] ?? 0;
      if (seen >= wanted) return (lowerBound(bucket) + lowerBound(bucket + 1) - 1) / 2;
    }
    return Number.NaN;
  }
}

/** Values below 32 have a bucket each; above, 32 buckets share each doubling. */
function bucketOf(value: number): number {
  if (value < STEPS) return Math.max(value, 0);
  const doubling = Math.floor(Math.log2(value)) - STEP_BITS;
  return (doubling + 1) * STEPS + Math.floor(value / 2 ** doubling) - STEPS;
}

function lowerBound(bucket: number): number {
  if (bucket < STEPS) return bucket;
  const doubling = Math.floor(bucket / STEPS) - 1;
  return ((bucket % STEPS) + STEPS) * 2 ** doubling;
}
