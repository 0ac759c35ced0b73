/** Why a segment was sealed, in the order in which the reasons are tried. */
export type RollReason = 'forced' | 'size' | 'age' | 'offset-range' | 'recovery';

/** Names a segment: the id is unique for ever, so an old and a new file with one base offset never collide. */
export interface SegmentName {
  /** 16 lowercase hexadecimal digits, random. */
  readonly id: string;
  /** Offset that the segment starts at; no record in it is below. */
  readonly baseOffset: number;
}

/** What is known of the content of a segment, as of a moment for the active one, for ever for a sealed one. */
export interface SegmentFacts extends SegmentName {
  /** True when it never changes again. */
  readonly sealed: boolean;
  /** First byte of the first frame. */
  readonly firstPosition: number;
  /** First byte after the last frame. */
  readonly endPosition: number;
  /** Offset after the last one that the segment covers; equals `baseOffset` when it never held a record. */
  readonly nextOffset: number;
  /** Number of records; less than `nextOffset - baseOffset` after compaction. */
  readonly recordCount: number;
  /** Lowest and highest timestamp of its records; both -1 when it has none. */
  readonly minTimestampMs: number;
  readonly maxTimestampMs: number;
  /** Latest append time; -1 when it has no record. What retention by age looks at. */
  readonly maxAppendTimeMs: number;
  readonly tombstones: number;
  /** Checksum over the headers of all frames, which hold the checksums of their bodies; 0 without frames. */
  readonly framesChecksum: number;
  readonly createdAtMs: number;
}

/** A segment after its roll. */
export interface SealedSegment extends SegmentFacts {
  readonly sealed: true;
  readonly reason: RollReason;
}
