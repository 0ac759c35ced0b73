import type { Truncation } from './log-tailing.js';

/** Remembers where truncations cut, for the followers that were already beyond. */
export class Truncations implements Truncation {
  readonly #cuts: number[] = [];

  public get count(): number {
    return this.#cuts.length;
  }

  public cutSince(count: number): number {
    return this.#cuts.slice(count).reduce((lowest, cut) => Math.min(lowest, cut), Number.POSITIVE_INFINITY);
  }

  public cut(firstCut: number): void {
    this.#cuts.push(firstCut);
  }
}
