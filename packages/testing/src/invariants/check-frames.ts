import { type Checksum, FrameHeader, type SegmentCodec, type SegmentFacts } from '@seglog/core';
import type { Findings } from './finding.js';

export interface FramesInput {
  readonly file: string;
  /** The whole file; frames start at `facts.firstPosition`. */
  readonly bytes: Uint8Array;
  /** Frames lie below. */
  readonly endPosition: number;
  readonly facts: SegmentFacts;
  readonly codec: SegmentCodec;
  readonly checksum: Checksum;
  /** No frame has a lower epoch: that of the last frame of the segment before. */
  readonly minEpoch: number;
}

/** A frame that verified, as far as an index and a manifest speak of it. */
export interface CheckedFrame {
  readonly position: number;
  readonly baseOffset: number;
  /** Highest timestamp of any record before the frame; -1 if there is none. */
  readonly maxTimestampBefore: number;
  /** Facts of the segment up to the end of this frame. */
  readonly counts: FrameCounts;
}

export type FrameCounts = Pick<
  SegmentFacts,
  | 'endPosition'
  | 'nextOffset'
  | 'recordCount'
  | 'minTimestampMs'
  | 'maxTimestampMs'
  | 'maxAppendTimeMs'
  | 'tombstones'
  | 'framesChecksum'
>;

export interface CheckedFrames {
  readonly frames: readonly CheckedFrame[];
  readonly counts: FrameCounts;
  readonly lastEpoch: number;
  /** Highest `stableUpTo` of any frame, of those included that still verify behind a bad place. */
  readonly stableUpTo: number;
  /** Why reading ended before `endPosition`; undefined at the end. */
  readonly broken: string | undefined;
}

/** Verifies every frame and every record of a segment, and counts them anew. */
export function checkFrames(input: FramesInput, findings: Findings): CheckedFrames {
  const { bytes, facts, endPosition } = input;
  const header = new FrameHeader();
  const frames: CheckedFrame[] = [];
  let counts = noFrames(facts);
  let lastEpoch = input.minEpoch;
  let stableUpTo = 0;
  let broken: string | undefined;
  while (counts.endPosition < endPosition) {
    const position = counts.endPosition;
    broken = complaintAbout(input, position, header) ?? sequel(header, counts, lastEpoch);
    if (broken !== undefined) break;
    const maxTimestampBefore = counts.maxTimestampMs;
    counts = counted(counts, header, input);
    frames.push({ position, baseOffset: header.baseOffset, maxTimestampBefore, counts });
    checkRecords(input, position, header, findings);
    lastEpoch = header.epoch;
    stableUpTo = Math.max(stableUpTo, header.stableUpTo);
    findings.counts.frames += 1;
    findings.counts.records += header.count;
  }
  findings.counts.bytes += bytes.length;
  if (broken !== undefined) stableUpTo = Math.max(stableUpTo, provenBeyond(input, counts, lastEpoch));
  return { frames, counts, lastEpoch, stableUpTo, broken };
}

/** What frames behind the end of the good ones know to be synced. */
function provenBeyond(
  { bytes, codec, endPosition }: FramesInput,
  { endPosition: end, nextOffset }: FrameCounts,
  lastEpoch: number,
): number {
  const header = new FrameHeader();
  let proven = 0;
  let at = codec.locate(bytes, end + 1, endPosition);
  while (at < endPosition) {
    const found = codec.peek(bytes, at, endPosition, header) === 'frame' && codec.verify(bytes, at, header);
    const follows = found && header.baseOffset >= nextOffset && header.epoch >= lastEpoch;
    if (follows) proven = Math.max(proven, header.stableUpTo);
    at = codec.locate(bytes, at + (follows ? header.frameBytes : 1), endPosition);
  }
  return proven;
}

function noFrames(facts: SegmentFacts): FrameCounts {
  return {
    endPosition: facts.firstPosition,
    nextOffset: facts.baseOffset,
    recordCount: 0,
    minTimestampMs: -1,
    maxTimestampMs: -1,
    maxAppendTimeMs: -1,
    tombstones: 0,
    framesChecksum: 0,
  };
}

function complaintAbout(
  { bytes, codec, endPosition }: FramesInput,
  position: number,
  header: FrameHeader,
): string | undefined {
  const status = codec.peek(bytes, position, endPosition, header);
  if (status !== 'frame') return `the bytes there are ${status}, not a frame`;
  return codec.verify(bytes, position, header) ? undefined : 'the frame there does not verify';
}

/** Offsets go up (I2), epochs never fall (I5). */
function sequel(header: FrameHeader, counts: FrameCounts, lastEpoch: number): string | undefined {
  const { baseOffset, epoch } = header;
  if (baseOffset < counts.nextOffset) return `offset ${baseOffset} follows ${counts.nextOffset - 1}`;
  return epoch < lastEpoch ? `epoch ${epoch} follows ${lastEpoch}` : undefined;
}

function counted(
  before: FrameCounts,
  header: FrameHeader,
  { bytes, codec, checksum }: FramesInput,
): FrameCounts {
  const start = before.endPosition;
  const { minTimestampMs } = before;
  return {
    endPosition: start + header.frameBytes,
    nextOffset: header.lastOffset + 1,
    recordCount: before.recordCount + header.count,
    minTimestampMs:
      minTimestampMs < 0 ? header.minTimestampMs : Math.min(minTimestampMs, header.minTimestampMs),
    maxTimestampMs: Math.max(before.maxTimestampMs, header.maxTimestampMs),
    maxAppendTimeMs: Math.max(before.maxAppendTimeMs, header.appendTimeMs),
    tombstones: before.tombstones + header.tombstones,
    framesChecksum: checksum.of(bytes, start, start + codec.headerBytes, before.framesChecksum),
  };
}

/** A frame whose checksums hold decodes to exactly what its header says: anything else is a bug of a writer. */
function checkRecords(
  { file, bytes, codec }: FramesInput,
  position: number,
  header: FrameHeader,
  findings: Findings,
): void {
  const cursor = codec.createCursor();
  cursor.load(bytes, position, header);
  let [count, tombstones, last] = [0, 0, header.baseOffset - 1];
  let low = Number.POSITIVE_INFINITY;
  let high = -1;
  while (cursor.next()) {
    count += 1;
    if (cursor.valueBytes < 0) tombstones += 1;
    if (cursor.offset <= last) findings.add('I2', file, `offset ${cursor.offset} follows ${last}`, position);
    last = cursor.offset;
    low = Math.min(low, cursor.timestampMs);
    high = Math.max(high, cursor.timestampMs);
  }
  const agrees =
    !cursor.malformed &&
    count === header.count &&
    tombstones === header.tombstones &&
    last === header.lastOffset &&
    low === header.minTimestampMs &&
    high === header.maxTimestampMs;
  if (!agrees) findings.add('I6', file, 'the records of a frame are not what its header says', position);
}
