const FIRST_CAPACITY = 256;

/** The bytes of one file: they grow by doubling, so that a file of n appends is copied O(1) times per byte. */
export class MemoryBytes {
  #buffer = new Uint8Array(0);
  #size = 0;

  public get size(): number {
    return this.#size;
  }

  public copy(): MemoryBytes {
    const copy = new MemoryBytes();
    copy.write(0, this.#buffer.subarray(0, this.#size));
    return copy;
  }

  /** What lies between the old end and `position` reads as zeros. */
  public write(position: number, chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.extend(position + chunk.length);
    this.#buffer.set(chunk, position);
  }

  /** Fills `target` from `position` as far as there are bytes below `end`, and returns how many. */
  public read(position: number, end: number, target: Uint8Array): number {
    const count = Math.min(target.length, Math.min(end, this.#size) - position);
    if (count <= 0) return 0;
    target.set(this.#buffer.subarray(position, position + count));
    return count;
  }

  public extend(size: number): void {
    if (size <= this.#size) return;
    if (size > this.#buffer.length) this.#grow(size);
    this.#size = size;
  }

  /** Bytes beyond the size are kept at zero, so that a file that grows again does not bring old bytes back. */
  public truncate(size: number): void {
    if (size < this.#size) this.#buffer.fill(0, size, this.#size);
    else if (size > this.#buffer.length) this.#grow(size);
    this.#size = size;
  }

  #grow(size: number): void {
    const grown = new Uint8Array(Math.max(size, this.#buffer.length * 2, FIRST_CAPACITY));
    grown.set(this.#buffer.subarray(0, this.#size));
    this.#buffer = grown;
  }
}
