import type { Kernel } from './kernel.js';

/** The process died before its program ended. */
export class CrashedError extends Error {
  public override readonly name = 'CrashedError';
}

/** A program waits, and nothing is left that could wake it, or only time that passes in vain: a promise of it never settles. */
export class StalledError extends Error {
  public override readonly name = 'StalledError';
}

const IDLE_TURNS = 3;
/** Real milliseconds for a program that waits for something outside the simulation after all. */
const GRACE_MS = 50;
/** A program that so many deadlines have not brought to its end tries something again and again. */
const MAX_DEADLINES = 50_000;

/** Runs a program until it ends, dies, or can never end. */
export function runToEnd<T>(kernel: Kernel, program: () => Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const watch = new StallWatch(kernel, (reason) => reject(new StalledError(reason)));
    kernel.onDeath = () => {
      watch.stop();
      reject(new CrashedError('the process died'));
    };
    watch.start();
    program()
      .finally(() => {
        watch.stop();
        kernel.onDeath = undefined;
      })
      .then(resolve, reject);
  });
}

class StallWatch {
  readonly #kernel: Kernel;
  readonly #stalled: (reason: string) => void;
  readonly #lastDeadline: number;
  #turn: NodeJS.Immediate | undefined;
  #grace: NodeJS.Timeout | undefined;
  #idle = 0;
  #seen = -1;

  public constructor(kernel: Kernel, stalled: (reason: string) => void) {
    this.#kernel = kernel;
    this.#lastDeadline = kernel.clock.fired + MAX_DEADLINES;
    this.#stalled = stalled;
  }

  public start(): void {
    this.#turn = setImmediate(() => this.#look());
  }

  public stop(): void {
    if (this.#turn !== undefined) clearImmediate(this.#turn);
    if (this.#grace !== undefined) clearTimeout(this.#grace);
  }

  #look(): void {
    const { clock, changes, busy } = this.#kernel;
    const progress = changes + clock.fired;
    if (clock.fired > this.#lastDeadline) {
      this.#stalled(`the program has not ended after ${MAX_DEADLINES} deadlines`);
      return;
    }
    const idle = clock.waiting === 0 && !busy && progress === this.#seen;
    this.#idle = idle ? this.#idle + 1 : 0;
    this.#seen = progress;
    if (this.#idle < IDLE_TURNS) this.start();
    else this.#grace = setTimeout(() => this.#lookAgain(), GRACE_MS);
  }

  #lookAgain(): void {
    if (this.#progressed()) this.start();
    else this.#stalled('nothing can wake the program any more');
  }

  #progressed(): boolean {
    this.#idle = 0;
    const { clock, changes, busy } = this.#kernel;
    return clock.waiting > 0 || busy || changes + clock.fired !== this.#seen;
  }
}
