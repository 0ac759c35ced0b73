import type { RetentionPolicy, RetentionView } from '../contract/retention-policy.js';
import type { SegmentFacts } from '../contract/segment-facts.js';
import { requireCount } from './policy-number.js';

/** Removes nothing. */
export function keepAll(): RetentionPolicy {
  return { name: 'all', firstKept: (view) => view.logStart };
}

/**
 * Keeps at least the newest `bytes` of frames: the oldest segment goes once those behind it hold that many. The log is
 * larger by up to one segment.
 */
export function keepBytes(bytes: number): RetentionPolicy {
  requireCount(bytes, 'bytes');
  return keepNewest(`bytes:${bytes}`, bytes, (segment) => segment.endPosition - segment.firstPosition);
}

/** Keeps at least the newest `records`, counted after compaction. */
export function keepRecords(records: number): RetentionPolicy {
  requireCount(records, 'records');
  return keepNewest(`records:${records}`, records, (segment) => segment.recordCount);
}

/**
 * Keeps a segment until all its records were *appended* more than `ageMs` ago: what a record's own timestamp says does
 * not matter, so a date in the future pins nothing. A segment without records is never a reason to stop.
 */
export function keepAge(ageMs: number): RetentionPolicy {
  requireCount(ageMs, 'ageMs');
  return keepFrom(
    `age:${ageMs}ms`,
    (segment, { nowMs }) => segment.recordCount > 0 && nowMs - segment.maxAppendTimeMs <= ageMs,
  );
}

/** Keeps everything from the first segment on that `keeps` says yes to. It must be pure; `name` is for people. */
export function keepWhere(
  keeps: (segment: SegmentFacts, view: RetentionView) => boolean,
  name = 'where',
): RetentionPolicy {
  if (typeof keeps !== 'function') throw new TypeError('keepWhere takes a function');
  return keepFrom(name, keeps);
}

/**
 * Keeps what lies within every one of the limits, and removes what any of them would:
 * `keepWithin(keepBytes(10 * 1024 ** 3), keepAge(7 * 24 * 3_600_000))`. Throws `RangeError` without a limit.
 */
export function keepWithin(...limits: readonly RetentionPolicy[]): RetentionPolicy {
  if (limits.length === 0)
    throw new RangeError('keepWithin takes at least one policy; keepAll() keeps everything');
  const name = limits.map((limit) => limit.name).join(',');
  const firstKept = (view: RetentionView): number =>
    within(view, Math.max(...limits.map((limit) => limit.firstKept(view))));
  return { name, firstKept };
}

/** Adds up from the newest segment backwards; the segment that completes `enough` is the oldest one to stay. */
function keepNewest(
  name: string,
  enough: number,
  sizeOf: (segment: SegmentFacts) => number,
): RetentionPolicy {
  const firstKept = (view: RetentionView): number => {
    let sum = 0;
    const oldest = view.segments.findLast((segment) => {
      sum += sizeOf(segment);
      return sum >= enough;
    });
    return oldest === undefined ? view.logStart : within(view, oldest.baseOffset);
  };
  return { name, firstKept };
}

/** The active segment stays, whatever `keeps` says. */
function keepFrom(
  name: string,
  keeps: (segment: SegmentFacts, view: RetentionView) => boolean,
): RetentionPolicy {
  const firstKept = (view: RetentionView): number => {
    const first = view.segments.find((segment) => !segment.sealed || keeps(segment, view));
    return first === undefined ? view.logStart : within(view, first.baseOffset);
  };
  return { name, firstKept };
}

function within({ logStart, logEnd }: RetentionView, offset: number): number {
  return Math.min(Math.max(offset, logStart), logEnd);
}
