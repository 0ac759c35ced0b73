import type { SeededRandom } from './seeded-random.js';

/**
 * When a call to the disk comes back. `immediate`: in the order of the calls, within the same turn of the event loop,
 * which is fast. `seeded`: once the program has nothing else to do, one call after the other, in an order drawn from the
 * seed, so that calls that run at the same time overtake each other.
 */
export type Completions = 'immediate' | 'seeded';

/** The row of calls that wait for their completion. */
export class CompletionQueue {
  readonly #mode: Completions;
  readonly #random: SeededRandom;
  #waiting: (() => void)[] = [];
  #pump: NodeJS.Immediate | undefined;

  public constructor(mode: Completions, random: SeededRandom) {
    this.#mode = mode;
    this.#random = random;
  }

  public get seeded(): boolean {
    return this.#mode === 'seeded';
  }

  public get length(): number {
    return this.#waiting.length;
  }

  public turn(): Promise<void> | undefined {
    if (this.#mode === 'immediate') return undefined;
    this.#pump ??= setImmediate(() => this.#next());
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  public stop(): void {
    if (this.#pump !== undefined) clearImmediate(this.#pump);
    this.#waiting = [];
  }

  #next(): void {
    const [resolve] = this.#waiting.splice(this.#random.below(this.#waiting.length), 1);
    this.#pump = this.#waiting.length === 0 ? undefined : setImmediate(() => this.#next());
    resolve?.();
  }
}
