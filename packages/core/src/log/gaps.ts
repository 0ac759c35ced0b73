import type { ReadGap } from '../contract/partition-log.js';
import type { OffsetRange } from './manifest.js';

/** Offsets without a record, told apart: lost where that is known, otherwise compacted away. Ascending, adjoining. */
export function gapsBetween(from: number, to: number, lost: readonly OffsetRange[]): readonly ReadGap[] {
  const gaps: ReadGap[] = [];
  let at = from;
  for (const range of lost.toSorted((a, b) => a.from - b.from)) {
    const start = Math.max(at, range.from);
    const end = Math.min(to, range.to);
    if (start >= end) continue;
    if (start > at) gaps.push({ from: at, to: start, reason: 'compacted' });
    gaps.push({ from: start, to: end, reason: 'lost' });
    at = end;
  }
  if (at < to) gaps.push({ from: at, to, reason: 'compacted' });
  return gaps;
}
