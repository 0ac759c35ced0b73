import type { SegmentFacts, SegmentName } from './segment-facts.js';
import type { StorageDirectory } from './storage-directory.js';

/**
 * One point of the sparse index of a segment: a frame starts at `position`.
 */
export interface IndexEntry {
  /** Base offset of the frame. */
  readonly offset: number;
  readonly position: number;
  /** Highest timestamp of any record that lies *before* `position` in the segment; -1 if there is none. Never falls. */
  readonly maxTimestampMs: number;
}

/**
 * Keeps the sparse indexes of one log's segments. **An index is a cache of the frames**: it may be lost, stale, foreign
 * or rotten at any time, which costs time and never changes a result. It is never durable before the frames that it
 * describes.
 */
export interface IndexStore {
  readonly name: string;
  /**
   * The index of a segment, with the bytes that it covers. `coveredUpTo` is a position between `facts.firstPosition` and
   * `facts.endPosition` such that every frame that starts below it was offered to `append`; the log offers the frames
   * from there on again. What cannot be trusted (missing, short, of another segment, failing its checksum, reaching
   * beyond `endPosition`) counts as not covered. Rejects only with `STORAGE`.
   */
  open(segment: SegmentFacts): Promise<{ readonly index: SegmentIndex; readonly coveredUpTo: number }>;
  /** Forgets a segment's index. Idempotent. */
  remove(segment: SegmentName): Promise<void>;
}

/**
 * Made by the log, once per partition, so that two partitions never share one. An engine makes one in a directory of its own
 * before it opens anything, to look at it.
 */
export type IndexStoreFactory = (directory: StorageDirectory) => IndexStore;

/** The index of one segment. One writer at a time; any number of lookups beside it. */
export interface SegmentIndex {
  /**
   * Adds an entry; entries come in ascending order of offset and position, about one per `indexIntervalBytes` of frames,
   * each after the write of its frame. Never throws for an entry that follows the last one.
   */
  append(entry: IndexEntry): void;
  /**
   * A position at or before the first frame that holds an offset >= `offset`: that of the last entry with
   * `entry.offset <= offset`, or the first frame's when there is none. Without entries always the first frame's.
   */
  floor(offset: number): number | Promise<number>;
  /** A position such that every record before it has a timestamp below `timestampMs`; the highest one known. */
  floorByTime(timestampMs: number): number | Promise<number>;
  /**
   * Drops the entries at or beyond `position`. What is kept of frames beyond it is forgotten before the next `flush` or
   * `close` settles: the log opens no other index of the segment until then.
   */
  truncateAfter(position: number): void;
  /** Keeps what has been appended, as covering the segment up to `coveredUpTo`. Called at the seal and at a clean close. */
  flush(coveredUpTo: number): Promise<void>;
  /** Releases what it holds; what was not flushed may be lost. Idempotent. */
  close(): Promise<void>;
}
