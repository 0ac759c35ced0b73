import type { IndexEntry, IndexStoreFactory, SegmentIndex } from '../contract/index-store.js';
import type { SegmentFacts } from '../contract/segment-facts.js';
import { requireKnownOptions } from '../invariant.js';
import { requireMaxEntries, SparseIndex } from './sparse-index.js';

export interface MemoryIndexOptions {
  /** Most entries per segment, 2 to 33,554,432; beyond, the index becomes sparser. Default 262,144 (6 MiB). */
  readonly maxEntries?: number;
}

/**
 * Indexes that live as long as their segment is open: nothing is covered at open, so the log builds them when needed. Throws
 * `RangeError` for a number out of range and for options that are not there.
 */
export function memoryIndex(options: MemoryIndexOptions = {}): IndexStoreFactory {
  requireKnownOptions(options, ['maxEntries']);
  if (options.maxEntries !== undefined) requireMaxEntries(options.maxEntries);
  return () => ({
    name: 'memory',
    open: async (segment) => ({
      index: new MemorySegmentIndex(segment, new SparseIndex(options)),
      coveredUpTo: segment.firstPosition,
    }),
    remove: async () => undefined,
  });
}

class MemorySegmentIndex implements SegmentIndex {
  readonly #firstPosition: number;
  readonly #entries: SparseIndex;

  public constructor(segment: SegmentFacts, entries: SparseIndex) {
    this.#firstPosition = segment.firstPosition;
    this.#entries = entries;
  }

  public append(entry: IndexEntry): void {
    this.#entries.append(entry);
  }

  public floor(offset: number): number {
    return this.#entries.floor(offset, this.#firstPosition);
  }

  public floorByTime(timestampMs: number): number {
    return this.#entries.floorByTime(timestampMs, this.#firstPosition);
  }

  public truncateAfter(position: number): void {
    this.#entries.truncateAfter(position);
  }

  public async flush(): Promise<void> {}

  public async close(): Promise<void> {}
}
