import { requireSafeInteger } from '../invariant.js';
import { BufferPool } from './buffer-pool.js';

/** Smallest buffer: a log that is seldom written to needs no more. */
const FIRST_BYTES = 4 * 1024;
/** Buffers that are kept when no file collects in them: one is filled while another one is on its way. */
const MAX_IDLE = 16;

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
  readonly #buffers: BufferPool;
  #bytes = 0;

  /** `fileBytes`: at least 1. `maxBytes`: for all files; as many again may be on their way to the operating system. */
  public constructor(options: { readonly fileBytes: number; readonly maxBytes: number }) {
    requireSafeInteger(options.fileBytes, 'fileBytes', { min: 1 });
    requireSafeInteger(options.maxBytes, 'maxBytes', { min: 1 });
    this.fileBytes = options.fileBytes;
    this.#maxBytes = options.maxBytes;
    this.#buffers = new BufferPool({ bufferBytes: options.fileBytes, maxIdle: MAX_IDLE });
  }

  /** Bytes of all buffers that files collect in. */
  public get bytes(): number {
    return this.#bytes;
  }

  /**
   * A buffer for `neededBytes`, with whatever bytes it held before, in the place of the one that the file had, twice as large
   * where that is allowed.
   */
  public grow(file: WriteBehind, hadBytes: number, neededBytes: number): Uint8Array {
    const wanted = Math.max(FIRST_BYTES, Math.min(hadBytes * 2, this.fileBytes));
    const bytes = Math.max(neededBytes, Math.min(wanted, this.fileBytes));
    const buffer = bytes === this.fileBytes ? this.#buffers.acquire(bytes) : new Uint8Array(bytes);
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

  /** Nobody reads the buffer any more: its bytes are with the medium. */
  public recycle(buffer: Uint8Array): void {
    this.#buffers.release(buffer);
  }

  #makeRoom(asking: WriteBehind): void {
    for (const file of this.#holders.keys()) {
      if (this.#bytes <= this.#maxBytes) return;
      if (file !== asking) file.giveBack();
    }
  }
}
