import type { Clock, ScheduledCall } from '@seglog/core';

interface Timer {
  readonly atMs: number;
  readonly order: number;
  readonly callback: () => void;
}

/** 2024-01-01, so that a virtual time is easily told from a real one. */
const ORIGIN_MS = 1_704_067_200_000;

/**
 * Time that passes only when something happens: each call to the disk takes its virtual cost, and when the program has
 * nothing left to do but wait, time jumps to the next scheduled call. A test of a one-hour delay takes no time, and every
 * run is the same.
 *
 * "Nothing left to do" means that no microtask and no call to the disk is waiting. A program that also waits for real
 * I/O sees its deadlines pass at once.
 */
export class VirtualClock implements Clock {
  #elapsedMs = 0;
  #wallJumpMs = 0;
  #order = 0;
  #timers: Timer[] = [];
  #pump: NodeJS.Immediate | undefined;
  #stopped = false;
  readonly #busy: () => boolean;
  #fired = 0;

  /** `busy` tells whether calls to the disk are in flight: while they are, time does not jump. */
  public constructor(elapsedMs = 0, busy: () => boolean = () => false) {
    this.#elapsedMs = elapsedMs;
    this.#busy = busy;
  }

  public nowMs(): number {
    return ORIGIN_MS + this.#wallJumpMs + Math.floor(this.#elapsedMs);
  }

  public monotonicMs(): number {
    return this.#elapsedMs;
  }

  public schedule(delayMs: number, callback: () => void): ScheduledCall {
    const timer: Timer = { atMs: this.#elapsedMs + Math.max(0, delayMs), order: this.#order, callback };
    this.#order += 1;
    const position = this.#timers.findIndex((other) => other.atMs > timer.atMs);
    this.#timers.splice(position === -1 ? this.#timers.length : position, 0, timer);
    this.#arm();
    return { cancel: () => this.#cancel(timer) };
  }

  /** Resolves when `ms` of virtual time have passed. */
  public sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.schedule(ms, resolve);
    });
  }

  /** Lets `ms` pass; what has become due is called soon, in order, and not inside this call. */
  public spend(ms: number): void {
    this.#elapsedMs += ms;
    while (!this.#stopped && this.#timers[0] !== undefined && this.#timers[0].atMs <= this.#elapsedMs) {
      this.#fire(this.#timers.shift(), queueMicrotask);
    }
  }

  /** Moves the wall time, in either direction. Monotonic time and deadlines do not notice. */
  public jump(ms: number): void {
    this.#wallJumpMs += Math.round(ms);
  }

  /** Scheduled calls that have not happened. */
  public get waiting(): number {
    return this.#timers.length;
  }

  /** Scheduled calls that have happened. */
  public get fired(): number {
    return this.#fired;
  }

  /** Nothing is ever called again: the process is dead. */
  public stop(): void {
    this.#stopped = true;
    this.#timers = [];
    if (this.#pump !== undefined) clearImmediate(this.#pump);
    this.#pump = undefined;
  }

  #cancel(timer: Timer): void {
    const index = this.#timers.indexOf(timer);
    if (index !== -1) this.#timers.splice(index, 1);
  }

  #arm(): void {
    if (this.#stopped || this.#pump !== undefined || this.#timers.length === 0) return;
    this.#pump = setImmediate(() => this.#turn());
    this.#pump.unref();
  }

  #turn(): void {
    this.#pump = undefined;
    if (!this.#busy()) {
      const next = this.#timers.shift();
      if (next !== undefined) this.#elapsedMs = Math.max(this.#elapsedMs, next.atMs);
      this.#fire(next, (callback) => callback());
    }
    this.#arm();
  }

  #fire(timer: Timer | undefined, call: (callback: () => void) => void): void {
    if (timer === undefined) return;
    this.#fired += 1;
    call(() => {
      if (!this.#stopped) timer.callback();
    });
  }
}
