/** Holds dozens of small records; whoever keeps one of them keeps this much memory. */
const SLAB_BYTES = 8 * 1024;

/** Memory for copies of small records, which are cut from it one after the other: one allocation for many. No byte is given twice. */
export class CopySlab {
  /** Where `copy` has put its bytes. */
  public buffer: ArrayBuffer = new ArrayBuffer(0);
  #bytes = new Uint8Array(this.buffer);
  #used = 0;

  /** Copies `source[start, end)` into `buffer`; answers the position there. */
  public copy(source: Uint8Array, start: number, end: number): number {
    const length = end - start;
    if (this.#used + length > this.#bytes.length) this.#renew(length);
    const position = this.#used;
    this.#bytes.set(source.subarray(start, end), position);
    this.#used += length;
    return position;
  }

  #renew(length: number): void {
    this.buffer = new ArrayBuffer(Math.max(length, SLAB_BYTES));
    this.#bytes = new Uint8Array(this.buffer);
    this.#used = 0;
  }
}
