/** Enough for what most logs write at a time. */
const SHORT_BYTES = 16 * 1024;
/** Longer ones than the pool's own are kept as long as they are asked for: so many, unless so many others were lent since. */
const MOST_LONG = 2;
const LONG_REST = 64;

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
  #idleLong: Uint8Array[] = [];
  #sinceLong = 0;

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
    if (this.#idleLong.length > 0 && ++this.#sinceLong > LONG_REST) this.#idleLong = [];
    if (neededBytes > SHORT_BYTES || this.#bufferBytes <= SHORT_BYTES) {
      return this.#idle.pop() ?? new Uint8Array(this.#bufferBytes);
    }
    return this.#idleShort.pop() ?? new Uint8Array(SHORT_BYTES);
  }

  /** As `acquire`, of at least `neededBytes`, which may be more than the pool's own buffers have. */
  public acquireLong(neededBytes: number): Uint8Array {
    if (neededBytes <= this.#bufferBytes) return this.acquire();
    this.#sinceLong = 0;
    const kept = this.#idleLong.pop();
    return kept !== undefined && kept.length >= neededBytes
      ? kept
      : new Uint8Array(neededBytes + (neededBytes >> 3));
  }

  /** Takes back a buffer; one of a size that is not lent is left to the collector. */
  public release(buffer: Uint8Array): void {
    if (buffer.length > this.#bufferBytes && buffer.length > SHORT_BYTES) {
      if (this.#idleLong.length < MOST_LONG) this.#idleLong.push(buffer);
    } else if (buffer.length === this.#bufferBytes) {
      if (this.#idle.length < this.#maxIdle) this.#idle.push(buffer);
    } else if (buffer.length === SHORT_BYTES && this.#idleShort.length < this.#maxIdleShort) {
      this.#idleShort.push(buffer);
    }
  }
}
