import type { RecordCursor } from './frame-codec.js';
import type { SegmentFacts } from './segment-facts.js';

export interface RewriteOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called after each chunk with the bytes read so far. */
  readonly onProgress?: ((readBytes: number) => void) | undefined;
}

export interface RewriteResult {
  readonly recordsRemoved: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

/**
 * What cleaners may do to a log: the rooms that compact and retain know this and no more. Each call is one step for every
 * reader and after every crash: old or new, never mixed.
 */
export interface LogMaintenance {
  /** Every segment, oldest first; the last one is active. An immutable value. */
  segments(): readonly SegmentFacts[];

  /**
   * Streams a run of consecutive sealed segments, whole frames verified, and replaces them by new ones that hold the
   * records for which `keep` returns true, at their offsets. Appends and reads go on. A damaged frame rejects with
   * `CORRUPT_SEGMENT` and changes nothing; so does an abort.
   */
  rewrite(
    sources: readonly SegmentFacts[],
    keep: (cursor: RecordCursor) => boolean,
    options?: RewriteOptions,
  ): Promise<RewriteResult>;

  /** Lends the records of a run of segments, strictly: a damaged frame rejects with `CORRUPT_SEGMENT`. */
  visit(
    sources: readonly SegmentFacts[],
    visit: (cursor: RecordCursor) => void,
    options?: RewriteOptions,
  ): Promise<void>;

  /** Raises the log start to the first segment that holds `firstKept` or more, and removes what lies before. Returns the segments removed. */
  purgeBefore(firstKept: number): Promise<number>;
}
