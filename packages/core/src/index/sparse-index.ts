import type { IndexEntry } from '../contract/index-store.js';
import { invariant, requireSafeInteger } from '../invariant.js';

const INITIAL_CAPACITY = 64;

/** Entries that an index keeps by default: enough for 1 GiB at one entry per 4 KiB, in 6 MiB of memory. */
export const DEFAULT_MAX_ENTRIES = 262_144;

/** Most entries that anybody may ask for: 768 MiB of them. */
const MOST_ENTRIES = 2 ** 25;

/** Throws `RangeError` unless an index may be limited to so many entries. */
export function requireMaxEntries(maxEntries: number): void {
  requireSafeInteger(maxEntries, 'maxEntries', { min: 2 });
  if (maxEntries > MOST_ENTRIES) {
    throw new RangeError(`maxEntries must be at most ${MOST_ENTRIES}, not ${maxEntries}`);
  }
}

/**
 * The entries of one segment in three flat arrays. When `maxEntries` is reached, every second entry is dropped: a sparser
 * index is still right, and memory stays bounded whatever the segment holds.
 */
export class SparseIndex {
  readonly #maxEntries: number;
  #offsets: Float64Array;
  #positions: Float64Array;
  #timestamps: Float64Array;
  #length = 0;

  public constructor({ maxEntries = DEFAULT_MAX_ENTRIES }: { maxEntries?: number } = {}) {
    requireMaxEntries(maxEntries);
    this.#maxEntries = maxEntries;
    this.#offsets = new Float64Array(INITIAL_CAPACITY);
    this.#positions = new Float64Array(INITIAL_CAPACITY);
    this.#timestamps = new Float64Array(INITIAL_CAPACITY);
  }

  public get length(): number {
    return this.#length;
  }

  /** The arrays stay with their owner; only the first `length` numbers of each mean something. */
  public get offsets(): Float64Array {
    return this.#offsets;
  }

  public get positions(): Float64Array {
    return this.#positions;
  }

  public get timestamps(): Float64Array {
    return this.#timestamps;
  }

  public append(entry: IndexEntry): void {
    invariant(this.follows(entry), 'an index entry does not follow the one before it');
    if (this.#length === this.#maxEntries) this.#thinOut();
    if (this.#length === this.#offsets.length) this.#grow();
    this.#offsets[this.#length] = entry.offset;
    this.#positions[this.#length] = entry.position;
    this.#timestamps[this.#length] = entry.maxTimestampMs;
    this.#length += 1;
  }

  /** True when `entry` may stand behind those that are there. */
  public follows(entry: IndexEntry): boolean {
    const { offset, position, maxTimestampMs } = entry;
    if (!isNumberOfOurs(offset) || !isNumberOfOurs(position)) return false;
    if (maxTimestampMs !== -1 && !isNumberOfOurs(maxTimestampMs)) return false;
    if (this.#length === 0) return true;
    const last = this.#length - 1;
    return (
      offset > at(this.#offsets, last) &&
      position > at(this.#positions, last) &&
      maxTimestampMs >= at(this.#timestamps, last)
    );
  }

  /** Position of the last entry whose offset is at or below `offset`; `otherwise` when there is none. */
  public floor(offset: number, otherwise: number): number {
    const found = countBelow(this.#offsets, this.#length, offset + 1);
    return found === 0 ? otherwise : at(this.#positions, found - 1);
  }

  /** Position of the last entry before which every timestamp is below `timestampMs`; `otherwise` when there is none. */
  public floorByTime(timestampMs: number, otherwise: number): number {
    const found = countBelow(this.#timestamps, this.#length, timestampMs);
    return found === 0 ? otherwise : at(this.#positions, found - 1);
  }

  /** Number of entries that lie before `position`. */
  public countBefore(position: number): number {
    return countBelow(this.#positions, this.#length, position);
  }

  /** Drops the entries at or beyond `position`. */
  public truncateAfter(position: number): void {
    this.#length = this.countBefore(position);
  }

  #thinOut(): void {
    const kept = Math.ceil(this.#length / 2);
    for (const values of [this.#offsets, this.#positions, this.#timestamps]) {
      for (let index = 1; index < kept; index += 1) values[index] = at(values, index * 2);
    }
    this.#length = kept;
  }

  #grow(): void {
    const capacity = Math.min(this.#offsets.length * 2, this.#maxEntries);
    this.#offsets = enlarged(this.#offsets, capacity);
    this.#positions = enlarged(this.#positions, capacity);
    this.#timestamps = enlarged(this.#timestamps, capacity);
  }
}

/** All three arrays ascend, so every question is: how many of the first `length` numbers are below a limit? */
function countBelow(values: Float64Array, length: number, limit: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (at(values, middle) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isNumberOfOurs(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function enlarged(values: Float64Array, capacity: number): Float64Array {
  const larger = new Float64Array(capacity);
  larger.set(values);
  return larger;
}

/** The index is below the length: the arrays are never read beyond it. */
function at(values: Float64Array, index: number): number {
  return values[index] as number;
}
