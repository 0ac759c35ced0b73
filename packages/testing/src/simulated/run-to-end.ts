import type { Kernel } from './kernel.js';

/** The process died before its program ended. */
export class CrashedError extends Error {
  public override readonly name = 'CrashedError';
}

/** A program waits, and nothing is left that could wake it: a promise of it never settles. */
export class StalledError extends Error {
  public override readonly name = 'StalledError';
}

const IDLE_TURNS = 3;
/** Real milliseconds for a program that waits for something outside the simulation after all. */
const GRACE_MS = 50;

/** Runs a program until it ends, dies, or can never end. */
export function runToEnd<T>(kernel: Kernel, program: () => Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const watch = new StallWatch(kernel, () =>
      reject(new StalledError('nothing can wake the program any more')),
    );
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
  readonly #stalled: () => void;
  #turn: NodeJS.Immediate | undefined;
  #grace: NodeJS.Timeout | undefined;
  #idle = 0;
  #seen = -1;

  public constructor(kernel: Kernel, stalled: () => void) {
    this.#kernel = kernel;
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
    const idle = clock.waiting === 0 && !busy && progress === this.#seen;
    this.#idle = idle ? this.#idle + 1 : 0;
    this.#seen = progress;
    if (this.#idle < IDLE_TURNS) this.start();
    else this.#grace = setTimeout(() => (this.#progressed() ? this.start() : this.#stalled()), GRACE_MS);
  }

  #progressed(): boolean {
    this.#idle = 0;
    const { clock, changes, busy } = this.#kernel;
    return clock.waiting > 0 || busy || changes + clock.fired !== this.#seen;
  }
}
