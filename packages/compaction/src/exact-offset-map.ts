import { requireKnownOptions } from '@seglog/core';
import { KeyBatch } from './key-batch.js';
import { KeyEntries } from './key-entries.js';
import { keyHash32 } from './key-hash.js';
import { mapCapacity } from './map-capacity.js';
import type { OffsetMap, OffsetMapFactory } from './offset-map.js';

const FIRST_PLACES = 16;

/**
 * Keeps every key: nothing can be mistaken. About 24 bytes and the key, rounded up to 16, for each distinct key; `maxBytes` is
 * 128 MiB by default, and does not count 16 KiB to work with.
 */
export function exactOffsetMap(options: { readonly maxBytes?: number | undefined } = {}): OffsetMapFactory {
  requireKnownOptions(options, ['maxBytes']);
  const { maxBytes = 128 * 1024 * 1024 } = options;
  mapCapacity({ maxBytes, bytesPerKey: 24, typicalKeyBytes: 32 }, 1);
  return { name: `exact:${maxBytes}`, create: () => new ExactOffsetMap(maxBytes) };
}

class ExactOffsetMap implements OffsetMap {
  readonly #entries: KeyEntries;
  /** Number of the entry in this place; 0 where there is none. Half full at most, until there is no memory for more. */
  #places: Uint32Array = new Uint32Array(FIRST_PLACES);
  #mask = FIRST_PLACES - 1;
  #size = 0;
  /** What `expect` has looked at. */
  readonly #found = new Uint32Array(KeyBatch.most);

  public constructor(maxBytes: number) {
    this.#entries = new KeyEntries(maxBytes);
    this.#entries.reserve(this.#places.byteLength);
  }

  public get size(): number {
    return this.#size;
  }

  public get memoryBytes(): number {
    return this.#entries.memoryBytes;
  }

  public put(source: Uint8Array, position: number, keyBytes: number, offset: number): boolean {
    const hash = keyHash32(source, position, keyBytes) | 0;
    let place = this.#find(hash, source, position, keyBytes);
    let entry = this.#places[place] as number;
    if (entry === 0) {
      if (this.#size * 2 >= this.#places.length && this.#grow())
        place = this.#find(hash, source, position, keyBytes);
      // Of a table that is nearly full, every search would look at much of it.
      if (this.#size * 8 >= this.#places.length * 7) return false;
      entry = this.#entries.add(hash, source, position, keyBytes);
      if (entry === 0) return false;
      this.#places[place] = entry;
      this.#size++;
    }
    this.#entries.setOffset(entry, offset);
    return true;
  }

  public latest(source: Uint8Array, position: number, keyBytes: number): number {
    const hash = keyHash32(source, position, keyBytes) | 0;
    const entry = this.#places[this.#find(hash, source, position, keyBytes)] as number;
    return entry === 0 ? -1 : this.#entries.offset(entry);
  }

  /** Loops without a decision in them: the processor has many loads from memory under way at once. */
  public expect({ source, positions, lengths, count }: KeyBatch): void {
    const [places, mask, found] = [this.#places, this.#mask, this.#found];
    for (let i = 0; i < count; i++)
      found[i] = keyHash32(source, positions[i] as number, lengths[i] as number) & mask;
    for (let i = 0; i < count; i++) found[i] = places[found[i] as number] as number;
    this.#entries.hashes(found, count);
  }

  /** The place of the key, or the free one where it would be. */
  #find(hash: number, source: Uint8Array, position: number, keyBytes: number): number {
    const [entries, places, mask] = [this.#entries, this.#places, this.#mask];
    let place = hash & mask;
    for (;;) {
      const entry = places[place] as number;
      if (entry === 0) return place;
      if (entries.hash(entry) === hash && entries.equals(entry, source, position, keyBytes)) return place;
      place = (place + 1) & mask;
    }
  }

  /** Twice as many places; false when there is no memory for them beside the old ones. */
  #grow(): boolean {
    const before = this.#places.byteLength;
    if (!this.#entries.reserve(before * 2)) return false;
    const places = new Uint32Array(this.#places.length * 2);
    const mask = places.length - 1;
    this.#entries.each((entry, hash) => {
      let place = hash & mask;
      while (places[place] !== 0) place = (place + 1) & mask;
      places[place] = entry;
    });
    this.#places = places;
    this.#mask = mask;
    this.#entries.release(before);
    return true;
  }
}
