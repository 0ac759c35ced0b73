import { combine, hashWords } from './state-hash.js';

const PAGE_BYTES = 4096;

/** Bytes of one page; never changed once it is part of an image. What lies beyond its length is zero. */
class Page {
  public readonly bytes: Uint8Array;
  #hash: number | undefined;

  public constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Zero bytes count nothing, so that a page of zeros equals a page that was never written. */
  public get hash(): number {
    this.#hash ??= hashWords(new Int32Array(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length / 4));
    return this.#hash;
  }
}

/**
 * What a file holds, as a value: every change gives a new image that shares the pages it did not touch. Cloning a disk
 * is therefore a copy of references.
 */
export class FileImage {
  public static readonly empty: FileImage = new FileImage(0, []);

  public readonly sizeBytes: number;
  readonly #pages: readonly (Page | undefined)[];
  #hash: number | undefined;

  private constructor(sizeBytes: number, pages: readonly (Page | undefined)[]) {
    this.sizeBytes = sizeBytes;
    this.#pages = pages;
  }

  public static of(bytes: Uint8Array): FileImage {
    return FileImage.empty.write(0, bytes);
  }

  /** A gap between the old end and `position` reads as zeros. */
  public write(position: number, bytes: Uint8Array): FileImage {
    if (bytes.length === 0) return this;
    const pages = this.#pages.slice();
    const end = position + bytes.length;
    for (let at = position; at < end; ) {
      const index = Math.floor(at / PAGE_BYTES);
      const start = at - index * PAGE_BYTES;
      const count = Math.min(PAGE_BYTES - start, end - at);
      while (pages.length < index) pages.push(undefined);
      pages[index] = patched(pages[index], start, bytes.subarray(at - position, at - position + count));
      at += count;
    }
    return new FileImage(Math.max(this.sizeBytes, end), pages);
  }

  /** Cuts, or extends by zeros. */
  public resize(sizeBytes: number): FileImage {
    if (sizeBytes >= this.sizeBytes) return new FileImage(sizeBytes, this.#pages);
    const count = Math.ceil(sizeBytes / PAGE_BYTES);
    const pages = this.#pages.slice(0, count);
    const last = pages[count - 1];
    const kept = sizeBytes - (count - 1) * PAGE_BYTES;
    if (last !== undefined && kept < last.bytes.length) pages[count - 1] = cut(last, kept);
    return new FileImage(sizeBytes, pages);
  }

  /** Zeros in `[from, to)`, and at least `to` bytes long. Whole pages of them cost nothing. */
  public zero(from: number, to: number): FileImage {
    const end = Math.min(to, this.sizeBytes);
    if (from >= end) return this.resize(Math.max(to, this.sizeBytes));
    return this.write(from, new Uint8Array(end - from)).resize(Math.max(to, this.sizeBytes));
  }

  /** Fills `target` from `position` on and returns how many bytes there were. */
  public read(position: number, target: Uint8Array): number {
    const end = Math.min(this.sizeBytes, position + target.length);
    for (let at = position; at < end; ) {
      const index = Math.floor(at / PAGE_BYTES);
      const start = at - index * PAGE_BYTES;
      const count = Math.min(PAGE_BYTES - start, end - at);
      const source = this.#pages[index]?.bytes.subarray(start, start + count) ?? NOTHING;
      target.set(source, at - position);
      if (source.length < count) target.fill(0, at - position + source.length, at - position + count);
      at += count;
    }
    return Math.max(0, end - position);
  }

  public toBytes(): Uint8Array {
    const bytes = new Uint8Array(this.sizeBytes);
    this.read(0, bytes);
    return bytes;
  }

  /** A number of 53 bits: equal images have equal hashes. */
  public get hash(): number {
    this.#hash ??= this.#pages.reduce((sum, page, index) => {
      const hash = page === undefined ? 0 : page.hash;
      return hash === 0 ? sum : combine(sum, combine(hash, index));
    }, this.sizeBytes);
    return this.#hash;
  }
}

const NOTHING = new Uint8Array(0);

function patched(page: Page | undefined, start: number, bytes: Uint8Array): Page {
  const before = page?.bytes ?? NOTHING;
  const needed = Math.max(before.length, start + bytes.length);
  const after = blank(Math.min(PAGE_BYTES, needed));
  after.set(before);
  after.set(bytes, start);
  return new Page(after);
}

function cut(page: Page, kept: number): Page {
  const after = blank(kept);
  after.set(page.bytes.subarray(0, kept));
  return new Page(after);
}

const SLAB_BYTES = 8 * PAGE_BYTES;
let slab = new ArrayBuffer(SLAB_BYTES);
let used = 0;

/** Zeros, rounded up to 64. A piece of a larger buffer: a buffer of its own costs more than what is written to it. */
function blank(bytes: number): Uint8Array {
  const length = Math.ceil(bytes / 64) * 64;
  if (used + length > SLAB_BYTES) {
    slab = new ArrayBuffer(SLAB_BYTES);
    used = 0;
  }
  const piece = new Uint8Array(slab, used, length);
  used += length;
  return piece;
}
