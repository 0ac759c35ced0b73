import { requireKnownOptions } from '@seglog/core';
import { KeyArena } from './key-arena.js';
import { keyHash128 } from './key-hash.js';
import { mapCapacity } from './map-capacity.js';
import type { OffsetMap, OffsetMapFactory } from './offset-map.js';

/** For each key: hash, offset and the number of its copy in two places of the table. */
const BYTES_PER_KEY = 2 * (16 + 8 + 4);
/** In place of the number of a copy. */
const NO_COPY = 0;
const NOT_CERTAIN = 0xffffffff;
const EMPTY = -1;

export interface HashedOffsetMapOptions {
  readonly maxBytes?: number | undefined;
  /** Puts 128 bits for a range of bytes into four numbers. */
  readonly hash?: typeof keyHash128 | undefined;
}

/**
 * Keeps 16 bytes of hash instead of keys, and one more look at the log proves that equal hashes are equal keys. It copies
 * only the keys that an older record has too: for logs of long keys that seldom change. What it has no room to prove stays
 * in the log until a later pass. `maxBytes` is 128 MiB by default.
 */
export function hashedOffsetMap(options: HashedOffsetMapOptions = {}): OffsetMapFactory {
  requireKnownOptions(options, ['maxBytes', 'hash']);
  const { maxBytes = 128 * 1024 * 1024, hash = keyHash128 } = options;
  const bound = { maxBytes, bytesPerKey: BYTES_PER_KEY + KeyArena.bytesPerKey, typicalKeyBytes: 16 };
  mapCapacity(bound, 1);
  return {
    name: `hashed:${maxBytes}`,
    create: ({ maxRecords }) => new HashedOffsetMap(mapCapacity(bound, maxRecords), maxBytes, hash),
  };
}

class HashedOffsetMap implements OffsetMap {
  readonly #hashes: Uint32Array;
  readonly #offsets: Float64Array;
  /** Number of the copy of an older record's key, plus 1. */
  readonly #copies: Uint32Array;
  readonly #mask: number;
  readonly #arena: KeyArena;
  readonly #hash: typeof keyHash128;
  readonly #scratch = new Uint32Array(4);
  #size = 0;
  #certain = true;

  public constructor(capacity: number, maxBytes: number, hash: typeof keyHash128) {
    const places = Math.max(4, 2 ** Math.floor(Math.log2(capacity * 2)));
    this.#hashes = new Uint32Array(places * 4);
    this.#offsets = new Float64Array(places).fill(EMPTY);
    this.#copies = new Uint32Array(places);
    this.#mask = places - 1;
    this.#hash = hash;
    const spent = capacity * (BYTES_PER_KEY + KeyArena.bytesPerKey);
    this.#arena = new KeyArena({ capacity, maxBytes: maxBytes - spent });
  }

  public get size(): number {
    return this.#size;
  }

  public get memoryBytes(): number {
    return this.#arena.memoryBytes + this.#offsets.length * 28;
  }

  public get certain(): boolean {
    return this.#certain;
  }

  public put(source: Uint8Array, position: number, keyBytes: number, offset: number): boolean {
    const place = this.#find(source, position, keyBytes);
    if (this.#offsets[place] === EMPTY) {
      if (this.#size * 8 >= this.#offsets.length * 7) return false;
      this.#hashes.set(this.#scratch, place * 4);
      this.#size++;
    }
    this.#offsets[place] = offset;
    return true;
  }

  /** The first older record of a place leaves its key there; every other record with this hash must have the same. */
  public verify(source: Uint8Array, position: number, keyBytes: number, offset: number): void {
    const place = this.#find(source, position, keyBytes);
    const copy = this.#copies[place] as number;
    if (this.#offsets[place] === EMPTY || copy === NOT_CERTAIN) return;
    if (copy !== NO_COPY) {
      if (!this.#arena.equals(copy - 1, source, position, keyBytes)) this.#doubt(place);
    } else if (offset < (this.#offsets[place] as number)) {
      const number = this.#arena.add(source, position, keyBytes);
      if (number < 0) this.#doubt(place);
      else this.#copies[place] = number + 1;
    }
  }

  public latest(source: Uint8Array, position: number, keyBytes: number): number {
    const place = this.#find(source, position, keyBytes);
    const copy = this.#copies[place];
    const certain = copy !== NO_COPY && copy !== NOT_CERTAIN;
    return certain ? (this.#offsets[place] as number) : -1;
  }

  #doubt(place: number): void {
    this.#copies[place] = NOT_CERTAIN;
    this.#certain = false;
  }

  #find(source: Uint8Array, position: number, keyBytes: number): number {
    const hash = this.#scratch;
    this.#hash(source, { position, keyBytes }, hash);
    let place = (hash[0] as number) & this.#mask;
    while (this.#offsets[place] !== EMPTY && !this.#isAt(place * 4)) place = (place + 1) & this.#mask;
    return place;
  }

  #isAt(at: number): boolean {
    const [hash, hashes] = [this.#scratch, this.#hashes];
    return (
      hashes[at] === hash[0] &&
      hashes[at + 1] === hash[1] &&
      hashes[at + 2] === hash[2] &&
      hashes[at + 3] === hash[3]
    );
  }
}
