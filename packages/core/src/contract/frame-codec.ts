import type { Checksum } from './checksum.js';
import type { ProducerStamp, RecordBatch, RecordHeader } from './record.js';

/**
 * How records become bytes and bytes become records. A frame is the unit that is written, checked and torn: it holds one
 * batch of records with a header and a checksum.
 *
 * **Bad bytes are an answer, not an exception.** Recovery meets them after every crash: nothing that is read from disk
 * makes a codec throw, loop, or allocate by a number that a checksum has not vouched for. The caller owns every buffer.
 */
export interface FrameCodec {
  /** 1 to 255, stamped in the header of each segment. 1 batch, 2 plain; 128 and above are free for users. */
  readonly id: number;
  readonly name: string;
  readonly guarantees: FrameGuarantees;
  /** Most records that one frame holds; the log splits larger batches if `atomicBatch` is not claimed. */
  readonly maxRecordsPerFrame: number;
  /** What stands at the start of every frame, for people who look at bytes; in order. Default: nothing is named. */
  readonly fields?: readonly FrameField[] | undefined;
  /** A codec for the frames of one segment. Cheap; keeps no reference to mutable state of the caller. */
  forSegment(context: SegmentCodecContext): SegmentCodec;
}

/** A big-endian unsigned number, or bytes, at a fixed place of a frame. */
export interface FrameField {
  readonly name: string;
  /** From the start of the frame. */
  readonly position: number;
  /** 1, 2, 4 or 8 for a number; any other length is bytes. */
  readonly bytes: number;
}

/** What a codec's frames can prove. What is not claimed is refused at the front door, and the exam checks both. */
export interface FrameGuarantees {
  /** A frame can be found and proven without knowing where the one before it ended. */
  readonly selfLocating: boolean;
  /** A batch survives whole or not at all. */
  readonly atomicBatch: boolean;
  /** A frame of another log or segment never verifies. */
  readonly bound: boolean;
  /** Frames carry `stableUpTo`. */
  readonly stableUpTo: boolean;
  /** Frames carry a producer's stamp. */
  readonly producer: boolean;
}

export interface SegmentCodecContext {
  /** 16 random bytes that name the log. */
  readonly logId: Uint8Array;
  /** u32, random per segment. */
  readonly salt: number;
  readonly checksum: Checksum;
  /** Longest frame, header included, that may be written or believed. */
  readonly maxFrameBytes: number;
}

/**
 * - `frame`: a header that proves itself and a frame that lies wholly below `limit`; its body is not yet verified.
 * - `blank`: nothing was ever written here: there are no bytes, or the header's bytes, as far as they go, are all zero.
 * - `partial`: the bytes up to `limit` may be the start of a frame that goes on beyond it. If the header could be proven,
 *   `frameBytes` tells how long the frame is; otherwise it is 0 and at least `headerBytes` bytes are needed.
 * - `corrupt`: no continuation of these bytes makes a frame.
 */
export type FrameStatus = 'frame' | 'blank' | 'partial' | 'corrupt';

/** The facts of a frame, filled by `peek`. Reused by its owner: one shape, mutable, integers only. */
export class FrameHeader {
  /** Whole frame in bytes, header included; 0 when unknown. */
  public frameBytes = 0;
  public flags = 0;
  public count = 0;
  public baseOffset = 0;
  public lastOffset = 0;
  public epoch = 0;
  public minTimestampMs = 0;
  public maxTimestampMs = 0;
  public appendTimeMs = 0;
  /** 0 where the codec does not claim `stableUpTo`. */
  public stableUpTo = 0;
  public tombstones = 0;
  /** True when the frame carries a producer's stamp: see {@link SegmentCodec.producer}. */
  public hasProducer = false;
  /** Checksum of the body as the header states it. */
  public bodyChecksum = 0;
}

export interface SegmentCodec {
  /** Bytes before a frame's body, fixed for the segment. */
  readonly headerBytes: number;

  /** Exact length of the frame that `encode` will write for this batch. Throws `TypeError` or `RangeError` for a batch it cannot hold. */
  frameBytes(batch: RecordBatch): number;

  /**
   * Writes the frame at `target[position, position + frameBytes(batch))`, nothing outside, and returns its length.
   * Allocates nothing per record.
   */
  encode(batch: RecordBatch, target: Uint8Array, position: number): number;

  /**
   * Writes what `encode` would write for the batch of a frame that the same codec made, whole, for whatever segment, but for
   * `stableUpTo`, which is given. `source` holds nothing but that frame, and does not change. Throws `RangeError` for a frame
   * over the segment's bound. Absent where a codec has no quicker way than to decode and to encode.
   */
  adopt?(source: Uint8Array, stableUpTo: number, target: Uint8Array, position: number): void;

  /**
   * What stands at `position`, looking at nothing at or beyond `limit`. Fills `into` when the status is `frame`, and its
   * `frameBytes` when it is `partial`. Costs the header only, unless the codec has no header of its own to check.
   * Allocates nothing.
   */
  peek(source: Uint8Array, position: number, limit: number, into: FrameHeader): FrameStatus;

  /** Whether the whole frame that `peek` found is as it was written. */
  verify(source: Uint8Array, position: number, header: FrameHeader): boolean;

  /** The stamp of the frame that `peek` found, or undefined. Allocates; for recovery, not for reading. */
  producer(source: Uint8Array, position: number, header: FrameHeader): ProducerStamp | undefined;

  /**
   * Position of the first byte at or after `position` and below `limit` where a frame could start; `limit` when there is
   * none. Codecs that are not `selfLocating` answer `limit`. Used to look for life beyond damage.
   */
  locate(source: Uint8Array, position: number, limit: number): number;

  /** A cursor over the records of one frame at a time. One per reader; reused for every frame. */
  createCursor(): FrameCursor;
}

/**
 * One record where it lies, lent until the cursor moves. Integers are decoded already; `key`, `value` and `headers` are
 * made when asked for: views of `source` that go with it, so copy what is kept.
 */
export interface RecordCursor {
  readonly offset: number;
  readonly timestampMs: number;
  /** The bytes that hold the record. */
  readonly source: Uint8Array;
  /** Where the key starts in `source`; meaningless when `keyBytes` is -1. */
  readonly keyPosition: number;
  /** Length of the key; -1 for null. */
  readonly keyBytes: number;
  readonly valuePosition: number;
  /** Length of the value; -1 for null, a tombstone. */
  readonly valueBytes: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly RecordHeader[];
}

/** A place between two records of a frame. */
export interface RecordPlace {
  /** Records of the frame before it. */
  readonly number: number;
  /** Offset of the last one of these; meaningless when there are none. */
  readonly offset: number;
}

/** The cursor as the log drives it. */
export interface FrameCursor extends RecordCursor {
  /** Starts before the first record of a frame that `peek` found in `source`. Verifies nothing. */
  load(source: Uint8Array, position: number, header: FrameHeader): void;
  /**
   * As `load`, for records in the middle of a frame that was verified before, of which `header` was found then: `source` holds the
   * record that follows `before` at `position`, and ends with a whole record. What is around it may be missing. Absent where
   * frames are read from their start only: then one record of a frame is read with all of it.
   */
  resume?(source: Uint8Array, position: number, header: FrameHeader, before: RecordPlace): void;
  /** Moves to the next record. False after the last one, and where the body does not decode: see `malformed`. */
  next(): boolean;
  /** True when the body did not hold what its header said. Only then did `next` end early. */
  readonly malformed: boolean;
  /** First byte of the current record in `source`; key, value and headers lie within `[recordPosition, recordEnd)`. */
  readonly recordPosition: number;
  readonly recordEnd: number;
}
