import {
  type CleanupSettings,
  type MaintainedSegment,
  requireKnownOptions,
  type SegmentLimits,
} from '@seglog/core';

/** What can be compacted of a log, for the eyes of a strategy. */
export interface CompactionView {
  /** Wall time of the decision. */
  readonly nowMs: number;
  /** Sealed segments that are old enough, oldest first: the beginning of the log. */
  readonly segments: readonly MaintainedSegment[];
  readonly settings: CleanupSettings;
  readonly limits: SegmentLimits;
}

/** A run of segments, by their places in the view: `[first, end)`. */
export interface CompactionRun {
  readonly first: number;
  readonly end: number;
}

/**
 * Chooses what to compact; does nothing. Pure. Any run is safe: of each key in it the latest record stays. Only runs from
 * the beginning of the log on let tombstones go in time, because only they know that nothing older is left.
 */
export interface CompactionStrategy {
  readonly name: string;
  /** Undefined when nothing is worth a pass. */
  choose(view: CompactionView): CompactionRun | undefined;
}

/** All of the log, once `minDirtyRatio` of its bytes were never compacted, or something waits for `maxCompactionLagMs`. */
export function dirtyRatio(): CompactionStrategy {
  return { name: 'dirty-ratio', choose: chooseDirty };
}

function chooseDirty({ segments, settings, nowMs }: CompactionView): CompactionRun | undefined {
  const dirty = segments.filter((segment) => !isClean(segment));
  const [oldest] = dirty;
  if (oldest === undefined) return undefined;
  const late = nowMs - oldest.createdAtMs > settings.maxCompactionLagMs;
  const ratio = bytesOf(dirty) / Math.max(1, bytesOf(segments));
  return late || ratio >= settings.minDirtyRatio ? { first: 0, end: segments.length } : undefined;
}

export interface SizeTieredOptions {
  readonly minSegments?: number | undefined;
  readonly spread?: number | undefined;
}

/**
 * Merges runs of at least `minSegments` neighbours of similar size (the largest at most `spread` times the smallest) that
 * fit one segment together: many small segments become few, and each record is rewritten a few times only. Defaults 4 and 2.
 */
export function sizeTiered(options: SizeTieredOptions = {}): CompactionStrategy {
  requireKnownOptions(options, ['minSegments', 'spread']);
  const { minSegments = 4, spread = 2 } = options;
  if (!(Number.isSafeInteger(minSegments) && minSegments >= 2)) {
    throw new RangeError(`minSegments must be an integer of at least 2, not ${minSegments}`);
  }
  if (!(spread >= 1)) throw new RangeError(`spread must be at least 1, not ${spread}`);
  const choose = (view: CompactionView): CompactionRun | undefined => {
    const { segments } = view;
    for (let first = 0; first + minSegments <= segments.length; first++) {
      const end = tierEnd(view, first, spread);
      if (end - first >= minSegments) return { first, end };
    }
    return undefined;
  };
  return { name: `size-tiered:${minSegments}`, choose };
}

/** Nothing, ever: topics are compacted on demand alone. */
export function neverCompact(): CompactionStrategy {
  return { name: 'never', choose: () => undefined };
}

/** Every record of it was compacted, or it has none. */
export function isClean({ cleaned, nextOffset, recordCount }: MaintainedSegment): boolean {
  return recordCount === 0 || (cleaned !== undefined && cleaned.upTo >= nextOffset);
}

/** Where the run of similar segments that begins at `first` ends: before one that does not become part of another. */
function tierEnd(view: CompactionView, first: number, spread: number): number {
  const { segments, limits } = view;
  let [smallest, largest, sum] = [Number.POSITIVE_INFINITY, 0, 0];
  for (let end = first; end < segments.length; end++) {
    const segment = segments[end];
    if (segment === undefined || keepsTombstones(segment, view)) return end;
    const bytes = segment.endPosition;
    smallest = Math.min(smallest, bytes);
    largest = Math.max(largest, bytes);
    sum += bytes;
    if (largest > smallest * spread || sum > limits.maxSegmentBytes) return end;
  }
  return segments.length;
}

/** Its tombstones wait since a time of their own, so it is merged with no other. */
function keepsTombstones(segment: MaintainedSegment, { nowMs, settings }: CompactionView): boolean {
  const { cleaned, tombstones } = segment;
  if (cleaned === undefined || tombstones === 0 || !isClean(segment)) return false;
  return nowMs - cleaned.atMs < settings.deleteRetentionMs;
}

function bytesOf(segments: readonly MaintainedSegment[]): number {
  return segments.reduce((sum, { endPosition, firstPosition }) => sum + endPosition - firstPosition, 0);
}
