import type { Clock, ScheduledCall, ScheduleOptions } from '../contract/clock.js';
import { requireSafeInteger } from '../invariant.js';

/** Longer delays make a timer of the platform fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The time of the machine that this process runs on. */
export class SystemClock implements Clock {
  public nowMs(): number {
    return Date.now();
  }

  public monotonicMs(): number {
    return performance.now();
  }

  public schedule(delayMs: number, callback: () => void, options: ScheduleOptions = {}): ScheduledCall {
    requireSafeInteger(Math.ceil(delayMs), 'delayMs');
    const { keepsAlive = false } = options;
    if (delayMs === 0 && keepsAlive) return nextTurn(callback);
    return new TimerCall(performance.now() + delayMs, callback, keepsAlive);
  }
}

/**
 * The shortest timer takes a millisecond: who only lets others come first would wait for that one. An immediate that keeps
 * nothing alive is no way: an event loop that has nothing else to do sleeps over it.
 */
function nextTurn(callback: () => void): ScheduledCall {
  const immediate = setImmediate(callback);
  return { cancel: () => clearImmediate(immediate) };
}

class TimerCall implements ScheduledCall {
  readonly #dueMs: number;
  readonly #callback: () => void;
  readonly #keepsAlive: boolean;
  #timer: ReturnType<typeof setTimeout>;

  public constructor(dueMs: number, callback: () => void, keepsAlive: boolean) {
    this.#dueMs = dueMs;
    this.#callback = callback;
    this.#keepsAlive = keepsAlive;
    this.#timer = this.#arm();
  }

  public cancel(): void {
    clearTimeout(this.#timer);
  }

  #arm(): ReturnType<typeof setTimeout> {
    const restMs = Math.ceil(this.#dueMs - performance.now());
    const timer = setTimeout(() => this.#fire(), Math.min(Math.max(restMs, 0), LONGEST_TIMER_MS));
    if (!this.#keepsAlive) timer.unref();
    return timer;
  }

  /** A timer may fire up to a millisecond early, and a long delay takes several timers. */
  #fire(): void {
    if (performance.now() < this.#dueMs) this.#timer = this.#arm();
    else this.#callback();
  }
}
