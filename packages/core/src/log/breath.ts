/** So many bytes are looked at in one go: a few milliseconds. */
const BREATHE_BYTES = 4 * 1024 * 1024;

/** Work on bytes that are all at hand never waits by itself: this is where it lets the event loop serve everybody else. */
export class Breath {
  #bytes = 0;

  /** Called after work on so many bytes: a promise when it is time for a pause. */
  public after(bytes: number): Promise<void> | undefined {
    this.#bytes += bytes;
    if (this.#bytes < BREATHE_BYTES) return undefined;
    this.#bytes = 0;
    return new Promise((resolve) => setImmediate(resolve));
  }
}
