import type { LatencyHistogram } from '../contract/partition-log.js';

const BOUNDS_MS: readonly number[] = [
  0.05,
  0.1,
  0.2,
  0.5,
  1,
  2,
  5,
  10,
  20,
  50,
  100,
  200,
  500,
  1000,
  5000,
  Number.POSITIVE_INFINITY,
];

/** Counts how long syncs take. */
export class SyncLatency {
  readonly #counts: number[] = BOUNDS_MS.map(() => 0);
  #syncs = 0;

  public get syncs(): number {
    return this.#syncs;
  }

  public add(durationMs: number): void {
    const slot = BOUNDS_MS.findIndex((bound) => durationMs < bound);
    const at = slot < 0 ? BOUNDS_MS.length - 1 : slot;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#syncs++;
  }

  public histogram(): LatencyHistogram {
    return { boundsMs: BOUNDS_MS, counts: [...this.#counts] };
  }
}
