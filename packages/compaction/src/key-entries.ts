import { tail, word } from './key-hash.js';

/** Entries begin at multiples of so many words of four bytes: with a key of 16 bytes, one takes half a cache line. */
const SLOT_WORDS = 4;
const SLOT_BYTES = SLOT_WORDS * 4;
/** Words of an entry before its key: hash, length of the key in bytes, and the offset in two halves. */
const HEAD_WORDS = 4;
/** A chunk has at most 2^16 slots: 1 MiB, unless one key alone is longer. */
const CHUNK_BITS = 16;
const CHUNK_SLOTS = 2 ** CHUNK_BITS;
const SLOT_MASK = CHUNK_SLOTS - 1;
const MAX_CHUNKS = 2 ** 15;

/**
 * Keys with their hashes and offsets, each in one piece of memory, numbered by where they lie, from 1 up. All that a lookup
 * needs stands together: in a map of a million keys it is the way to the memory that takes the time.
 */
export class KeyEntries {
  readonly #chunks: Int32Array[] = [];
  /** Slots that are taken, of each chunk. */
  readonly #used: number[] = [];
  readonly #chunkBytes: number;
  readonly #maxBytes: number;
  #bytes = 0;

  /** Memory is taken in chunks of a 32nd of `maxBytes`, at most 1 MiB. */
  public constructor(maxBytes: number) {
    const slots = Math.floor(maxBytes / 32 / SLOT_BYTES);
    this.#chunkBytes = Math.min(CHUNK_SLOTS, Math.max(4, slots)) * SLOT_BYTES;
    this.#maxBytes = maxBytes;
  }

  public get memoryBytes(): number {
    return this.#bytes;
  }

  public hash(entry: number): number {
    return this.#wordsOf(entry)[firstWord(entry)] as number;
  }

  public offset(entry: number): number {
    const [words, at] = [this.#wordsOf(entry), firstWord(entry)];
    return (words[at + 3] as number) * 2 ** 32 + ((words[at + 2] as number) >>> 0);
  }

  public setOffset(entry: number, offset: number): void {
    const [words, at] = [this.#wordsOf(entry), firstWord(entry)];
    words[at + 2] = offset | 0;
    words[at + 3] = Math.floor(offset / 2 ** 32);
  }

  public equals(entry: number, source: Uint8Array, position: number, keyBytes: number): boolean {
    const words = this.#wordsOf(entry);
    let at = firstWord(entry);
    if (words[at + 1] !== keyBytes) return false;
    at += HEAD_WORDS;
    const end = position + keyBytes;
    let from = position;
    for (; from + 4 <= end; from += 4) if (words[at++] !== word(source, from)) return false;
    return from === end || words[at] === tail(source, from, end);
  }

  /** Puts the hash of each of these entries in its place; 0 stays. */
  public hashes(entries: Uint32Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const entry = entries[i] as number;
      if (entry !== 0) entries[i] = this.hash(entry);
    }
  }

  /** Copies a key that has no offset yet; its number, or 0 when `maxBytes` has no room. The first key always finds room. */
  public add(hash: number, source: Uint8Array, position: number, keyBytes: number): number {
    const slots = slotsOf(keyBytes);
    if (!this.#makeRoom(slots)) return 0;
    const chunk = this.#chunks.length - 1;
    const words = this.#chunks[chunk] as Int32Array;
    const slot = this.#used[chunk] as number;
    let at = slot * SLOT_WORDS;
    words[at] = hash;
    words[at + 1] = keyBytes;
    at += HEAD_WORDS;
    const end = position + keyBytes;
    for (let from = position; from < end; from += 4) words[at++] = tail(source, from, end);
    this.#used[chunk] = slot + slots;
    return chunk * CHUNK_SLOTS + slot + 1;
  }

  /** Sets memory aside for something else; false when there is not as much left. */
  public reserve(bytes: number): boolean {
    if (bytes > this.#maxBytes - this.#bytes) return false;
    this.#bytes += bytes;
    return true;
  }

  public release(bytes: number): void {
    this.#bytes -= bytes;
  }

  /** All entries, in the order in which they came. */
  public each(visit: (entry: number, hash: number) => void): void {
    for (const [chunk, words] of this.#chunks.entries()) {
      const end = this.#used[chunk] as number;
      for (let slot = 0; slot < end; slot += slotsOf(words[slot * SLOT_WORDS + 1] as number))
        visit(chunk * CHUNK_SLOTS + slot + 1, words[slot * SLOT_WORDS] as number);
    }
  }

  #wordsOf(entry: number): Int32Array {
    return this.#chunks[(entry - 1) >>> CHUNK_BITS] as Int32Array;
  }

  #makeRoom(slots: number): boolean {
    const chunk = this.#chunks.length - 1;
    const words = this.#chunks[chunk];
    if (words !== undefined && ((this.#used[chunk] as number) + slots) * SLOT_WORDS <= words.length)
      return true;
    const bytes = Math.max(this.#chunkBytes, slots * SLOT_BYTES);
    if (words !== undefined && (bytes > this.#maxBytes - this.#bytes || chunk + 1 >= MAX_CHUNKS))
      return false;
    this.#chunks.push(new Int32Array(bytes / 4));
    this.#used.push(0);
    this.#bytes += bytes;
    return true;
  }
}

const firstWord = (entry: number): number => ((entry - 1) & SLOT_MASK) * SLOT_WORDS;

const slotsOf = (keyBytes: number): number => 1 + ((keyBytes + SLOT_BYTES - 1) >>> 4);
