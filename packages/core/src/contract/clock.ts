/** A call that has not happened yet. */
export interface ScheduledCall {
  /** Never throws; does nothing when the call has happened. */
  cancel(): void;
}

/** How a call is scheduled. */
export interface ScheduleOptions {
  readonly keepsAlive?: boolean | undefined;
}

/**
 * The only source of time in Seglog: tests and the simulated disk bring their own, so that every run can be replayed.
 */
export interface Clock {
  /** Wall time, integer milliseconds since 1970. May jump in both directions: labels records, never measures. */
  nowMs(): number;
  /** Milliseconds from an arbitrary origin, with fractions; never falls. Measures and sets deadlines. */
  monotonicMs(): number;
  /**
   * Calls `callback` once, not before `delayMs` (>= 0) of monotonic time have passed, and never inside this call.
   * With `keepsAlive` the process does not end before the call because nothing else is left to do: for calls that
   * somebody waits for. Default false.
   */
  schedule(delayMs: number, callback: () => void, options?: ScheduleOptions): ScheduledCall;
}
