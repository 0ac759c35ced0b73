import type { RecordCursor } from './frame-codec.js';
import type { SegmentFacts } from './segment-facts.js';

/** What a compaction notes with the segments that it has made: up to here no key has an older record anywhere. */
export interface CleanedMark {
  /** Records of the segment below this offset were compacted. */
  readonly upTo: number;
  /** Wall time of the pass that first kept its tombstones. */
  readonly atMs: number;
}

/** A segment in the eyes of a cleaner. */
export interface MaintainedSegment extends SegmentFacts {
  /** Undefined when it was never compacted, or not from the beginning of the log on. */
  readonly cleaned: CleanedMark | undefined;
}

export interface VisitOptions {
  readonly signal?: AbortSignal | undefined;
  /**
   * Called after each frame with the bytes read so far, while what the cursor lent of that frame is still there. A promise that
   * it returns is waited for: so work is paced.
   */
  readonly onProgress?: ((readBytes: number) => Promise<void> | undefined) | undefined;
}

export interface RewriteOptions extends VisitOptions {
  /** Shown every record of a frame before `keep` is asked for the first of them: to look many of them up at once. */
  readonly ahead?: ((cursor: RecordCursor) => void) | undefined;
  /**
   * Segments that `keep` was derived from. If one of them is not part of the log any more when the rewrite has its turn
   * (a truncation took it), nothing is done: `RangeError`.
   */
  readonly requires?: readonly SegmentFacts[] | undefined;
  /** Noted with what comes of the rewrite. Default: not compacted. */
  readonly cleaned?: CleanedMark | undefined;
}

export interface RewriteResult {
  readonly recordsRemoved: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

/** What one segment of the log can hold. */
export interface SegmentLimits {
  readonly maxSegmentBytes: number;
  readonly maxSegmentOffsets: number;
}

/**
 * What cleaners may do to a log: the rooms that compact and retain know this and no more. Each call is one step for every
 * reader and after every crash: old or new, never mixed.
 */
export interface LogMaintenance {
  readonly limits: SegmentLimits;

  /** Every segment, oldest first; the last one is active. An immutable value. */
  segments(): readonly MaintainedSegment[];

  /**
   * Streams a run of consecutive sealed segments, whole frames verified, and replaces them by one that holds the records for
   * which `keep` returns true, at their offsets. Appends and reads go on. A damaged frame rejects with `CORRUPT_SEGMENT` and
   * changes nothing; so does an abort.
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
    options?: VisitOptions,
  ): Promise<void>;

  /** Raises the log start to the first segment that holds `firstKept` or more, and removes what lies before. Returns the segments removed. */
  purgeBefore(firstKept: number): Promise<number>;
}
