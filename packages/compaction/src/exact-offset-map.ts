import { KeyArena } from './key-arena.js';
import { keyHash32 } from './key-hash.js';
import { mapCapacity } from './map-capacity.js';
import type { OffsetMap, OffsetMapFactory } from './offset-map.js';

/** For each key: its hash, its offset, its place in the arena, and two places in the table that finds it. */
const BYTES_PER_KEY = 4 + 8 + KeyArena.bytesPerKey + 2 * 4;

/** Keeps every key: nothing can be mistaken. About 32 bytes and the key for each distinct key; `maxBytes` is 128 MiB by default. */
export function exactOffsetMap(options: { readonly maxBytes?: number | undefined } = {}): OffsetMapFactory {
  const { maxBytes = 128 * 1024 * 1024 } = options;
  const bound = { maxBytes, bytesPerKey: BYTES_PER_KEY, typicalKeyBytes: 32 };
  mapCapacity(bound, 1);
  return {
    name: `exact:${maxBytes}`,
    create: ({ maxRecords }) => new ExactOffsetMap(mapCapacity(bound, maxRecords), maxBytes),
  };
}

class ExactOffsetMap implements OffsetMap {
  readonly #arena: KeyArena;
  readonly #hashes: Uint32Array;
  readonly #offsets: Float64Array;
  /** Number of the key in this place, plus 1; 0 where there is none. */
  readonly #places: Uint32Array;
  readonly #mask: number;
  #size = 0;

  public constructor(capacity: number, maxBytes: number) {
    const places = 2 ** Math.floor(Math.log2(capacity * 2));
    this.#hashes = new Uint32Array(capacity);
    this.#offsets = new Float64Array(capacity);
    this.#places = new Uint32Array(Math.max(4, places));
    this.#mask = this.#places.length - 1;
    this.#arena = new KeyArena({ capacity, maxBytes: maxBytes - capacity * BYTES_PER_KEY });
  }

  public get size(): number {
    return this.#size;
  }

  public get memoryBytes(): number {
    return this.#arena.memoryBytes + this.#hashes.length * 12 + this.#places.length * 4;
  }

  public put(source: Uint8Array, position: number, keyBytes: number, offset: number): boolean {
    const hash = keyHash32(source, position, keyBytes);
    const place = this.#find(hash, source, position, keyBytes);
    const known = (this.#places[place] as number) - 1;
    if (known >= 0) {
      this.#offsets[known] = offset;
      return true;
    }
    // Of a table that is nearly full, every search would look at much of it.
    if (this.#size * 8 >= this.#places.length * 7) return false;
    const number = this.#arena.add(source, position, keyBytes);
    if (number < 0) return false;
    this.#places[place] = number + 1;
    this.#hashes[number] = hash;
    this.#offsets[number] = offset;
    this.#size++;
    return true;
  }

  public latest(source: Uint8Array, position: number, keyBytes: number): number {
    const hash = keyHash32(source, position, keyBytes);
    const number = (this.#places[this.#find(hash, source, position, keyBytes)] as number) - 1;
    return number < 0 ? -1 : (this.#offsets[number] as number);
  }

  /** The place of the key, or the free one where it would be. */
  #find(hash: number, source: Uint8Array, position: number, keyBytes: number): number {
    let place = hash & this.#mask;
    for (;;) {
      const number = (this.#places[place] as number) - 1;
      if (number < 0) return place;
      if (this.#hashes[number] === hash && this.#arena.equals(number, source, position, keyBytes))
        return place;
      place = (place + 1) & this.#mask;
    }
  }
}
