import type { Checksum } from '../contract/checksum.js';
import type { FrameHeader } from '../contract/frame-codec.js';
import type { SegmentFacts, SegmentName } from '../contract/segment-facts.js';

/**
 * The facts of a segment while it grows, frame by frame: by the writer as it appends, and by every scan. Mutable, so that
 * counting allocates nothing.
 */
export class SegmentCounts {
  public endPosition: number;
  public nextOffset: number;
  public recordCount = 0;
  public minTimestampMs = -1;
  public maxTimestampMs = -1;
  public maxAppendTimeMs = -1;
  public tombstones = 0;
  public framesChecksum = 0;
  /** Where the frames begin that were published last, and the first offset in them. */
  public recentPosition: number;
  public recentOffset: number;

  public constructor(start: { readonly endPosition: number; readonly nextOffset: number }) {
    this.endPosition = start.endPosition;
    this.nextOffset = start.nextOffset;
    this.recentPosition = start.endPosition;
    this.recentOffset = start.nextOffset;
  }

  public static from(facts: SegmentFacts): SegmentCounts {
    const counts = new SegmentCounts(facts);
    counts.copyFrom(facts);
    return counts;
  }

  public copyFrom(other: SegmentCounts | SegmentFacts): void {
    this.endPosition = other.endPosition;
    this.nextOffset = other.nextOffset;
    this.recordCount = other.recordCount;
    this.minTimestampMs = other.minTimestampMs;
    this.maxTimestampMs = other.maxTimestampMs;
    this.maxAppendTimeMs = other.maxAppendTimeMs;
    this.tombstones = other.tombstones;
    this.framesChecksum = other.framesChecksum;
  }

  /** Takes in what was written behind it: whoever follows the log starts there, and nowhere else. */
  public publish(grown: SegmentCounts): void {
    this.recentPosition = this.endPosition;
    this.recentOffset = this.nextOffset;
    this.copyFrom(grown);
  }

  /** Counts a frame whose first bytes are `source[position, position + headerBytes)`. */
  public add(
    frame: FrameFacts,
    checksum: Checksum,
    source: Uint8Array,
    { position, headerBytes }: FrameHead,
  ): void {
    this.endPosition += frame.frameBytes;
    this.nextOffset = frame.lastOffset + 1;
    this.recordCount += frame.count;
    if (this.minTimestampMs < 0 || frame.minTimestampMs < this.minTimestampMs) {
      this.minTimestampMs = frame.minTimestampMs;
    }
    if (frame.maxTimestampMs > this.maxTimestampMs) this.maxTimestampMs = frame.maxTimestampMs;
    if (frame.appendTimeMs > this.maxAppendTimeMs) this.maxAppendTimeMs = frame.appendTimeMs;
    this.tombstones += frame.tombstones;
    this.framesChecksum = checksum.of(source, position, position + headerBytes, this.framesChecksum);
  }

  public facts(
    name: SegmentName,
    fixed: { readonly sealed: boolean; readonly firstPosition: number; readonly createdAtMs: number },
  ): SegmentFacts {
    return {
      id: name.id,
      baseOffset: name.baseOffset,
      sealed: fixed.sealed,
      firstPosition: fixed.firstPosition,
      endPosition: this.endPosition,
      nextOffset: this.nextOffset,
      recordCount: this.recordCount,
      minTimestampMs: this.minTimestampMs,
      maxTimestampMs: this.maxTimestampMs,
      maxAppendTimeMs: this.maxAppendTimeMs,
      tombstones: this.tombstones,
      framesChecksum: this.framesChecksum,
      createdAtMs: fixed.createdAtMs,
    };
  }
}

/** What is counted of a frame: its header knows, and so does the batch that it was made from. */
export type FrameFacts = Readonly<
  Pick<
    FrameHeader,
    | 'frameBytes'
    | 'lastOffset'
    | 'count'
    | 'minTimestampMs'
    | 'maxTimestampMs'
    | 'appendTimeMs'
    | 'tombstones'
  >
>;

interface FrameHead {
  readonly position: number;
  readonly headerBytes: number;
}
