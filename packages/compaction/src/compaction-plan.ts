import type { CleanedMark, CleanupSettings, MaintainedSegment, SegmentLimits } from '@seglog/core';
import { type CompactionRun, isClean } from './compaction-strategy.js';

/** What one pass works on. */
export interface CompactionPlan {
  readonly sources: readonly MaintainedSegment[];
  /** Of each key only records from here on can be newer than another one in `sources`. */
  readonly dirtyFrom: number;
  /** Nothing older is left than what the pass sees. */
  readonly fromLogStart: boolean;
  readonly nowMs: number;
  readonly deleteRetentionMs: number;
}

/** Sealed segments without a record that is too young: the beginning of the log. */
export function eligible(
  segments: readonly MaintainedSegment[],
  { minCompactionLagMs }: CleanupSettings,
  nowMs: number,
): readonly MaintainedSegment[] {
  const young = segments.findIndex(
    ({ sealed, maxAppendTimeMs }) => !sealed || nowMs - maxAppendTimeMs < minCompactionLagMs,
  );
  return young === -1 ? segments : segments.slice(0, young);
}

export function planCompaction(
  segments: readonly MaintainedSegment[],
  run: CompactionRun,
  { nowMs, deleteRetentionMs }: { readonly nowMs: number; readonly deleteRetentionMs: number },
): CompactionPlan {
  const sources = segments.slice(run.first, run.end);
  const fromLogStart = run.first === 0;
  const dirty = sources.find((segment) => !isClean(segment));
  const end = sources.at(-1)?.nextOffset ?? 0;
  // What was compacted from the beginning of the log on holds each key once.
  const dirtyFrom = dirty === undefined ? end : Math.max(dirty.baseOffset, dirty.cleaned?.upTo ?? 0);
  return { sources, dirtyFrom, fromLogStart, nowMs, deleteRetentionMs };
}

/** True when this record, which is the latest of its key, is a tombstone that everybody has had time to see. */
export function isExpired(plan: CompactionPlan, { cleaned }: MaintainedSegment, offset: number): boolean {
  if (cleaned === undefined || offset >= cleaned.upTo) return false;
  return plan.nowMs - cleaned.atMs >= plan.deleteRetentionMs;
}

/**
 * Neighbours that become one segment. Tombstones wait by the time that their segment carries: a segment that holds some
 * shares a group only with others of its time, or they would begin to wait anew with every pass.
 */
export function groupSources(
  plan: CompactionPlan,
  limits: SegmentLimits,
): readonly (readonly MaintainedSegment[])[] {
  const groups: MaintainedSegment[][] = [];
  for (const segment of plan.sources) {
    const group = groups.at(-1);
    if (group !== undefined && fits(plan, group, segment, limits)) group.push(segment);
    else groups.push([segment]);
  }
  return groups;
}

function fits(
  plan: CompactionPlan,
  group: readonly MaintainedSegment[],
  segment: MaintainedSegment,
  limits: SegmentLimits,
): boolean {
  const bytes = group.reduce((sum, { endPosition }) => sum + endPosition, segment.endPosition);
  const offsets = segment.nextOffset - (group[0]?.baseOffset ?? 0);
  if (bytes > limits.maxSegmentBytes || offsets > limits.maxSegmentOffsets) return false;
  const times = new Set([...group, segment].map((one) => waitingSince(plan, one)));
  times.delete(undefined);
  return times.size <= 1;
}

/** The time from which the tombstones of a segment wait; undefined when it keeps none of those it waited with. */
function waitingSince(plan: CompactionPlan, segment: MaintainedSegment): number | undefined {
  const { cleaned, tombstones } = segment;
  if (tombstones === 0) return undefined;
  if (cleaned === undefined || !isClean(segment)) return plan.nowMs;
  return plan.nowMs - cleaned.atMs >= plan.deleteRetentionMs ? undefined : cleaned.atMs;
}

/** What is noted with the segment that a group becomes, when keys are known up to `knownTo`. */
export function cleanedMark(
  plan: CompactionPlan,
  group: readonly MaintainedSegment[],
  knownTo: number,
): CleanedMark | undefined {
  const [first] = group;
  const last = group.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const times = group.map((one) => waitingSince(plan, one)).filter((time) => time !== undefined);
  const atMs = times[0] ?? plan.nowMs;
  if (group.every(isClean)) return { upTo: last.nextOffset, atMs };
  const upTo = Math.min(knownTo, last.nextOffset);
  return plan.fromLogStart && upTo > first.baseOffset ? { upTo, atMs } : undefined;
}
