import type { Clock } from '@seglog/core';

export interface PacerOptions {
  /** Work without a pause, in milliseconds: what else waits in this thread waits no longer than that. */
  readonly sliceMs: number;
  /** Bytes a second; `Infinity` is no limit. */
  readonly maxBytesPerSecond: number;
}

/** Keeps long work from holding up everything else in the process, and from taking all of the disk. */
export class Pacer {
  readonly #clock: Clock;
  readonly #options: PacerOptions;
  readonly #signal: AbortSignal;
  #sliceStartMs: number;
  /** When the bytes so far may have been read, by the limit. */
  #paidUntilMs: number;

  public constructor(clock: Clock, options: PacerOptions, signal: AbortSignal) {
    this.#clock = clock;
    this.#options = options;
    this.#signal = signal;
    this.#sliceStartMs = clock.monotonicMs();
    this.#paidUntilMs = this.#sliceStartMs;
  }

  /** Called after `bytes` more were read: a promise when it is time for a pause. Rejects when the work was cancelled. */
  public pause(bytes: number): Promise<void> | undefined {
    const nowMs = this.#clock.monotonicMs();
    const { sliceMs, maxBytesPerSecond } = this.#options;
    // What was not used in a quiet time is not caught up on.
    this.#paidUntilMs = Math.max(this.#paidUntilMs, nowMs - sliceMs) + (bytes / maxBytesPerSecond) * 1000;
    const aheadMs = this.#paidUntilMs - nowMs;
    if (aheadMs <= sliceMs && nowMs - this.#sliceStartMs < sliceMs) return undefined;
    return this.#wait(Math.max(0, aheadMs));
  }

  async #wait(delayMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        call.cancel();
        this.#signal.removeEventListener('abort', wake);
        resolve();
      };
      const call = this.#clock.schedule(delayMs, wake, { keepsAlive: true });
      this.#signal.addEventListener('abort', wake, { once: true });
      if (this.#signal.aborted) wake();
    });
    this.#signal.throwIfAborted();
    this.#sliceStartMs = this.#clock.monotonicMs();
  }
}
