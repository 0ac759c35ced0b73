import { requireSafeInteger } from '../invariant.js';

/** Smallest buffer: a log that is seldom written to needs no more. */
const FIRST_BYTES = 4 * 1024;

/** A file that keeps bytes in memory before it writes them. */
export interface WriteBehind {
  /** Writes what it keeps, in its own time, and then keeps no memory. */
  giveBack(): void;
}

/**
 * Memory for what is written behind: bounded for all files of an engine together. When it is short, the file that has had
 * its memory for the longest time is asked to write and to give it back.
 */
export class WriteBehindMemory {
  /** Most bytes that a file collects before it writes, unless one write is larger. */
  public readonly fileBytes: number;
  readonly #maxBytes: number;
  readonly #holders = new Map<WriteBehind, number>();
  #bytes = 0;

  /** `fileBytes`: at least 1. `maxBytes`: for all files; as many again may be on their way to the operating system. */
  public constructor(options: { readonly fileBytes: number; readonly maxBytes: number }) {
    requireSafeInteger(options.fileBytes, 'fileBytes', { min: 1 });
    requireSafeInteger(options.maxBytes, 'maxBytes', { min: 1 });
    this.fileBytes = options.fileBytes;
    this.#maxBytes = options.maxBytes;
  }

  /** Bytes of all buffers that files collect in. */
  public get bytes(): number {
    return this.#bytes;
  }

  /** A buffer for `neededBytes`, in the place of the one that the file had, twice as large where that is allowed. */
  public grow(file: WriteBehind, hadBytes: number, neededBytes: number): Uint8Array {
    const wanted = Math.max(FIRST_BYTES, Math.min(hadBytes * 2, this.fileBytes));
    const buffer = new Uint8Array(Math.max(neededBytes, Math.min(wanted, this.fileBytes)));
    const before = this.#holders.get(file) ?? 0;
    this.#holders.set(file, buffer.length);
    this.#bytes += buffer.length - before;
    this.#makeRoom(file);
    return buffer;
  }

  /** The file collects in no buffer any more. */
  public release(file: WriteBehind): void {
    this.#bytes -= this.#holders.get(file) ?? 0;
    this.#holders.delete(file);
  }

  #makeRoom(asking: WriteBehind): void {
    for (const file of this.#holders.keys()) {
      if (this.#bytes <= this.#maxBytes) return;
      if (file !== asking) file.giveBack();
    }
  }
}
