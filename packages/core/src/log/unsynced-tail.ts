import type { Clock } from '../contract/clock.js';
import type { UnsyncedTail } from '../contract/sync-policy.js';

/** What was written since the last sync started. The clock is read when a policy looks at it: most never do. */
export class CountedTail implements UnsyncedTail {
  public bytes = 0;
  public appends = 0;
  public firstWriteMs = 0;
  public waiters = 0;
  declare public readonly nowMs: number;
  readonly #clock: Clock;
  #nowMs: number | undefined;

  public constructor(clock: Clock) {
    this.#clock = clock;
    // Its own, so that a copy of the tail has it.
    Object.defineProperty(this, 'nowMs', { enumerable: true, get: () => this.#now() });
  }

  /** A decision begins: its time is not that of the last one. */
  public look(waiters: number): void {
    this.#nowMs = undefined;
    this.waiters = waiters;
  }

  public add(bytes: number, appends: number): void {
    if (this.appends === 0) this.firstWriteMs = this.#clock.monotonicMs();
    this.bytes += bytes;
    this.appends += appends;
  }

  public clear(): void {
    this.bytes = 0;
    this.appends = 0;
  }

  #now(): number {
    this.#nowMs ??= this.#clock.monotonicMs();
    return this.#nowMs;
  }
}
