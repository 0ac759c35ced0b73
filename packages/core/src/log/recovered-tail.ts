import type { RecoveryReport } from '../contract/recovery-report.js';
import type { SegmentFacts } from '../contract/segment-facts.js';
import type { SegmentReader } from '../contract/segment-reader.js';
import { emptyFacts, type OffsetRange } from './manifest.js';
import type { RecoveryContext } from './recovery.js';
import type { TailScan } from './tail-scan.js';
import type { TailFinding } from './tail-verdict.js';
import type { UnnamedSegment } from './unnamed-files.js';

export interface RecoveredTail {
  /** The active segment as it is now. */
  readonly facts: SegmentFacts;
  readonly durable: number;
  readonly damaged: boolean;
  readonly clean: boolean;
  readonly scannedBytes: number;
  readonly truncated: RecoveryReport['truncated'];
  readonly quarantined: readonly string[];
  /** Offsets that damage took and that the manifest does not know of: nothing may be written. */
  readonly lost: readonly OffsetRange[];
}

/** An active segment that nothing can be read from. */
export interface LostSegment {
  readonly point: SegmentFacts;
  readonly sizeBytes: number;
  /** Absent when there is no file. */
  readonly reader: SegmentReader | undefined;
  readonly provenUpTo: number;
  /** What was appended behind it. */
  readonly next: UnnamedSegment | undefined;
}

/** The end of the active segment, as found. */
export interface TailState {
  readonly point: SegmentFacts;
  readonly sizeBytes: number;
  readonly reader: SegmentReader;
  readonly scan: TailScan;
  readonly provenUpTo: number;
  readonly finding: TailFinding;
  /** What was appended behind it. */
  readonly next: UnnamedSegment | undefined;
}

/** The last opening left nothing to be looked at. */
export function untouched({ manifest }: RecoveryContext, point: SegmentFacts): RecoveredTail {
  const clean = manifest.state.closedEpoch !== undefined;
  return { ...AS_IT_IS, facts: point, durable: point.nextOffset, clean };
}

/** What follows the last good frame stays where it is, and is not served. */
export function passedOver({ scan, point, provenUpTo }: TailState): RecoveredTail {
  const durable = Math.min(provenUpTo, scan.counts.nextOffset);
  return { ...AS_IT_IS, facts: scan.counts.facts(point, point), durable, scannedBytes: scan.scannedBytes };
}

/** Everything that can still be read is served, the bad place included, where readers will meet a gap. */
export function readOnlyTail(tail: TailState): RecoveredTail {
  const { scan, point } = tail;
  const lost = lostOffsets(tail);
  const { counts } = scan;
  const last = scan.rest.frames.at(-1);
  if (last !== undefined) {
    counts.endPosition = last.position + last.bytes;
    counts.nextOffset = last.lastOffset + 1;
  }
  counts.nextOffset = Math.max(counts.nextOffset, tail.provenUpTo);
  const facts = counts.facts(point, point);
  return { ...passedOver(tail), facts, durable: counts.nextOffset, damaged: true, lost };
}

/** Nothing of the segment is served but the knowledge that it held records. */
export function lostTail({ point, provenUpTo }: LostSegment): RecoveredTail {
  const facts = { ...emptyFacts(point), nextOffset: provenUpTo };
  const lost = provenUpTo > point.baseOffset ? [{ from: point.baseOffset, to: provenUpTo }] : [];
  return { ...AS_IT_IS, facts, durable: provenUpTo, damaged: true, lost };
}

/** Offsets that were proven to be synced and that no frame holds any more. */
export function lostOffsets({ scan, provenUpTo }: TailState): readonly OffsetRange[] {
  const lost: OffsetRange[] = [];
  let end = scan.counts.nextOffset;
  for (const { baseOffset, lastOffset } of scan.rest.frames) {
    if (baseOffset > end) lost.push({ from: end, to: baseOffset });
    end = lastOffset + 1;
  }
  if (provenUpTo > end) lost.push({ from: end, to: provenUpTo });
  return lost;
}

/** A segment that was not looked into, or in which there was nothing to do. */
export const AS_IT_IS = {
  damaged: false,
  clean: false,
  scannedBytes: 0,
  truncated: undefined,
  quarantined: [],
  lost: [],
} as const;
