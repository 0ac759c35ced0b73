/**
 * Lends buffers and takes them back, so that a process with ten thousand logs holds as many as are in use at once, and
 * none is made twice: the first touch of fresh memory costs more than the work done in it.
 */
export class BufferPool {
  readonly #bufferBytes: number;
  readonly #maxIdle: number;
  readonly #idle: Uint8Array[] = [];

  /** `bufferBytes`: size of every buffer. `maxIdle`: how many are kept when nobody uses them. */
  public constructor(options: { readonly bufferBytes: number; readonly maxIdle: number }) {
    this.#bufferBytes = options.bufferBytes;
    this.#maxIdle = options.maxIdle;
  }

  /** A buffer with whatever bytes it held before; give it back with `release`. */
  public acquire(): Uint8Array {
    return this.#idle.pop() ?? new Uint8Array(this.#bufferBytes);
  }

  /** Takes back a buffer; one of another size is left to the collector. */
  public release(buffer: Uint8Array): void {
    if (buffer.length === this.#bufferBytes && this.#idle.length < this.#maxIdle) this.#idle.push(buffer);
  }
}
