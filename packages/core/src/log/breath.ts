/** Work on so many bytes is done in one go: one to four milliseconds. */
const BREATHE_BYTES = 4 * 1024 * 1024;
/** What a step costs beside its bytes: a frame, a record from memory. */
const STEP_BYTES = 1024;

/**
 * Work on bytes that are all at hand never waits by itself: whoever awaits it in a loop would keep the event loop from
 * turning for as long as the loop runs, and with it every timer, every socket and the end of every sync. This is where
 * it lets them come first. Counts work and not time, so that the same calls make the same pauses.
 */
export class Breath {
  #spent = 0;
  #pause: Promise<void> | undefined;

  /** The pause that work has to wait for before it goes on; undefined while there is none. */
  public get due(): Promise<void> | undefined {
    return this.#pause;
  }

  /** Called after a step of work that is worth so many bytes: a promise when it is time for a pause, the same for all. */
  public after(bytes: number): Promise<void> | undefined {
    this.#spent += bytes + STEP_BYTES;
    if (this.#spent < BREATHE_BYTES) return undefined;
    this.#pause ??= new Promise((resolve) => {
      setImmediate(() => {
        this.#spent = 0;
        this.#pause = undefined;
        resolve();
      });
    });
    return this.#pause;
  }
}
