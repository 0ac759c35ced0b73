import type { Checksum } from '../contract/checksum.js';
import type { FrameHeader, SegmentCodec } from '../contract/frame-codec.js';
import type { IndexEntry } from '../contract/index-store.js';
import type { SegmentFacts } from '../contract/segment-facts.js';
import type { SegmentReader } from '../contract/segment-reader.js';
import { FrameScan } from '../segment/frame-scan.js';
import { IndexBuilder } from '../segment/index-builder.js';
import type { ScannedFrames } from '../segment/scanned-frames.js';
import { SegmentCounts } from '../segment/segment-counts.js';
import { Breath } from './breath.js';
import { type LifeBeyond, lookBeyond } from './life-beyond.js';

export interface TailScanInput {
  readonly reader: SegmentReader;
  readonly codec: SegmentCodec;
  readonly checksum: Checksum;
  /** The counts of the segment up to where the scan starts. */
  readonly from: SegmentFacts;
  /** Size of the file. */
  readonly sizeBytes: number;
  /** Frames of lower epochs were truncated away and are not of this log. */
  readonly minEpoch: number;
  /** Every frame starts at the offset where the one before it ended: what a writer appended, and no rewrite has thinned out. */
  readonly dense: boolean;
  readonly maxFrameBytes: number;
  readonly indexIntervalBytes: number;
  readonly scratch: Uint8Array;
  /** Learns of the good frames. */
  readonly scanned: ScannedFrames;
}

/** What stands in the active segment from the recovery point on. */
export interface TailScan {
  /** The facts up to the last good frame. */
  readonly counts: SegmentCounts;
  readonly scannedBytes: number;
  /** Index entries for the good frames. */
  readonly entries: readonly IndexEntry[];
  /** Highest `stableUpTo` of any good frame, those beyond the bad place included. */
  readonly stableUpTo: number;
  readonly lastEpoch: number;
  /** What follows the last good frame. */
  readonly rest: LifeBeyond;
  /** The bytes there are the start of a frame that did not wholly arrive. */
  readonly cutShort: boolean;
}

/** Reads and verifies every frame from the recovery point on, and looks at what follows the last good one. */
export async function scanTail(input: TailScanInput): Promise<TailScan> {
  const { codec, from, sizeBytes, scratch } = input;
  const counts = SegmentCounts.from(from);
  const builder = new IndexBuilder(input.indexIntervalBytes, {
    position: from.endPosition,
    maxTimestampMs: from.maxTimestampMs,
  });
  const scan = new FrameScan(input.reader, codec, {
    position: from.endPosition,
    endPosition: sizeBytes,
    maxFrameBytes: input.maxFrameBytes,
    scratch,
  });
  const entries: IndexEntry[] = [];
  let stableUpTo = 0;
  let lastEpoch = input.minEpoch;
  const breath = new Breath();
  let status = await scan.look();
  while (status === 'frame' && follows(scan.header, counts, { dense: input.dense, lastEpoch })) {
    const { header, source, framePosition } = scan;
    if (!codec.verify(source, framePosition, header)) break;
    const entry = builder.offer(header, scan.position);
    if (entry !== undefined) entries.push(entry);
    counts.add(header, input.checksum, source, { position: framePosition, headerBytes: codec.headerBytes });
    stableUpTo = Math.max(stableUpTo, header.stableUpTo);
    lastEpoch = header.epoch;
    scan.advance();
    const pause = breath.after(header.frameBytes);
    if (pause !== undefined) await pause;
    const next = scan.look();
    status = typeof next === 'string' ? next : await next;
  }
  const { endPosition } = counts;
  input.scanned.note(from, { from: from.endPosition, endPosition, entries });
  const rest = await lookBeyond({
    ...input,
    position: scan.position,
    nextOffset: counts.nextOffset,
    minEpoch: lastEpoch,
  });
  return {
    counts,
    scannedBytes: counts.endPosition - from.endPosition,
    entries,
    stableUpTo: Math.max(stableUpTo, rest.stableUpTo),
    lastEpoch,
    rest,
    cutShort: status === 'partial' || status === 'blank' || rest.sectorMissing,
  };
}

/**
 * Offsets go up and epochs never fall; a frame that breaks this is left over from before a truncation, or was written to the
 * place of another one.
 */
function follows(
  { baseOffset, epoch }: FrameHeader,
  { nextOffset }: SegmentCounts,
  { dense, lastEpoch }: { readonly dense: boolean; readonly lastEpoch: number },
): boolean {
  return epoch >= lastEpoch && (dense ? baseOffset === nextOffset : baseOffset >= nextOffset);
}
