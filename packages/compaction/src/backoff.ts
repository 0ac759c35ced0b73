import type { CleanupMakings } from './cleanup-options.js';

interface Failures {
  readonly count: number;
  readonly untilMs: number;
}

/** Places that failed, and until when they are left alone. */
export class Backoff {
  readonly #makings: CleanupMakings;
  readonly #failures = new Map<string, Failures>();

  public constructor(makings: CleanupMakings) {
    this.#makings = makings;
  }

  public waits(place: string): boolean {
    const failures = this.#failures.get(place);
    return failures !== undefined && this.#makings.parts.clock.monotonicMs() < failures.untilMs;
  }

  public note(place: string, succeeded: boolean): void {
    if (succeeded) {
      this.#failures.delete(place);
      return;
    }
    const { backoffMs, maxBackoffMs } = this.#makings.options;
    const count = (this.#failures.get(place)?.count ?? 0) + 1;
    const delayMs = Math.min(maxBackoffMs, backoffMs * 2 ** Math.min(count - 1, 30));
    this.#failures.set(place, { count, untilMs: this.#makings.parts.clock.monotonicMs() + delayMs });
  }
}
