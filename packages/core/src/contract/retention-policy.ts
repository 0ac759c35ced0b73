import type { SegmentFacts } from './segment-facts.js';

/** What a log holds, for the eyes of a policy. */
export interface RetentionView {
  /** Wall time of the decision. */
  readonly nowMs: number;
  /** Every segment, oldest first; the last one is active and is never removed. */
  readonly segments: readonly SegmentFacts[];
  readonly logStart: number;
  readonly logEnd: number;
}

/**
 * Decides what to keep; removes nothing. Pure. Only whole sealed segments, oldest first, are ever removed, so a policy
 * names the first offset that it wants to keep and the log rounds down to a segment.
 */
export interface RetentionPolicy {
  readonly name: string;
  /** The first offset to keep, in `[logStart, logEnd]`; `logStart` keeps everything. */
  firstKept(view: RetentionView): number;
}
