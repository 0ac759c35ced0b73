/** Enough for what most logs write at a time. */
const SHORT_BYTES = 16 * 1024;

/**
 * Lends buffers and takes them back, so that a process with ten thousand logs holds as many as are in use at once, and
 * none is made twice: the first touch of fresh memory costs more than the work done in it.
 */
export class BufferPool {
  readonly #bufferBytes: number;
  readonly #maxIdle: number;
  readonly #maxIdleShort: number;
  readonly #idle: Uint8Array[] = [];
  readonly #idleShort: Uint8Array[] = [];

  /** `bufferBytes`: size of a buffer. `maxIdle`: how many are kept when nobody uses them, and as much memory in short ones. */
  public constructor(options: { readonly bufferBytes: number; readonly maxIdle: number }) {
    this.#bufferBytes = options.bufferBytes;
    this.#maxIdle = options.maxIdle;
    this.#maxIdleShort = Math.ceil((options.bufferBytes * options.maxIdle) / SHORT_BYTES);
  }

  /**
   * A buffer with whatever bytes it held before; give it back with `release`. Who needs only a few bytes says so: where many
   * logs write a little at the same time, the memory for long buffers would cost more than the writes.
   */
  public acquire(neededBytes: number = this.#bufferBytes): Uint8Array {
    if (neededBytes > SHORT_BYTES || this.#bufferBytes <= SHORT_BYTES) {
      return this.#idle.pop() ?? new Uint8Array(this.#bufferBytes);
    }
    return this.#idleShort.pop() ?? new Uint8Array(SHORT_BYTES);
  }

  /** Takes back a buffer; one of another size is left to the collector. */
  public release(buffer: Uint8Array): void {
    if (buffer.length === this.#bufferBytes) {
      if (this.#idle.length < this.#maxIdle) this.#idle.push(buffer);
    } else if (buffer.length === SHORT_BYTES && this.#idleShort.length < this.#maxIdleShort) {
      this.#idleShort.push(buffer);
    }
  }
}
