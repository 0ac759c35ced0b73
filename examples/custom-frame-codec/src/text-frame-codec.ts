import type {
  Checksum,
  FrameCodec,
  FrameCursor,
  FrameHeader,
  FrameStatus,
  RecordBatch,
  SegmentCodec,
  SegmentCodecContext,
} from 'seglog';
import { readDecimal, readHex, writeHex } from './columns.js';
import { requireOneRecord } from './require-one-record.js';
import { TextCursor } from './text-cursor.js';
import {
  AT,
  HEADER_BYTES,
  MAX_TEXT_FRAME_BYTES,
  TextFrame,
  textFrameBytes,
  writeTextFrame,
} from './text-frame.js';

/**
 * Frames that people read with `less` and `grep`. It claims little: a length has no checksum of its own, so a frame is
 * found only behind the one before it. What it does not claim, the engine does not build on.
 */
export function textFrameCodec(): FrameCodec {
  return {
    id: 200,
    name: 'text',
    maxRecordsPerFrame: 1,
    guarantees: { selfLocating: false, atomicBatch: false, bound: true, stableUpTo: false, producer: false },
    forSegment: (context) => new TextSegmentCodec(context),
  };
}

const CHECKSUM_BYTES = 8;

class TextSegmentCodec implements SegmentCodec {
  public readonly headerBytes = HEADER_BYTES;
  readonly #checksum: Checksum;
  readonly #seed: number;
  readonly #maxFrameBytes: number;
  readonly #frame = new TextFrame();

  /** The checksum begins with the names of log and segment: a frame of another one never verifies. */
  public constructor({ checksum, logId, salt, maxFrameBytes }: SegmentCodecContext) {
    const place = new Uint8Array(logId.length + 8);
    place.set(logId);
    writeHex(place, logId.length, salt);
    this.#checksum = checksum;
    this.#seed = checksum.of(place, 0, place.length, 0);
    this.#maxFrameBytes = Math.min(maxFrameBytes, MAX_TEXT_FRAME_BYTES);
  }

  public frameBytes(batch: RecordBatch): number {
    return textFrameBytes(requireOneRecord(batch));
  }

  public encode(batch: RecordBatch, target: Uint8Array, position: number): number {
    const bytes = this.frameBytes(batch);
    if (bytes > this.#maxFrameBytes || position + bytes > target.length) {
      throw new RangeError(`a frame of ${bytes} bytes does not fit`);
    }
    writeTextFrame(batch, requireOneRecord(batch), target, position);
    writeHex(target, position, this.#checksumOf(target, position, position + bytes));
    return bytes;
  }

  public peek(source: Uint8Array, position: number, limit: number, into: FrameHeader): FrameStatus {
    into.frameBytes = 0;
    const end = Math.min(limit, source.length);
    const headerEnd = Math.min(position + HEADER_BYTES, end);
    if (isBlank(source, position, headerEnd)) return 'blank';
    if (position + HEADER_BYTES > end) return 'partial';
    const frameBytes = readDecimal(source, position + AT.length, 8);
    if (frameBytes <= HEADER_BYTES || frameBytes > this.#maxFrameBytes) return 'corrupt';
    const frameEnd = position + frameBytes;
    if (frameEnd > end) return 'partial';
    const checksum = this.#checksumOf(source, position, frameEnd);
    if (checksum !== readHex(source, position)) return 'corrupt';
    if (!this.#frame.read(source, position, frameEnd)) return 'corrupt';
    fill(into, this.#frame);
    into.frameBytes = frameBytes;
    into.bodyChecksum = checksum;
    return 'frame';
  }

  public verify(source: Uint8Array, position: number, header: FrameHeader): boolean {
    const end = position + header.frameBytes;
    if (header.frameBytes <= HEADER_BYTES || end > source.length) return false;
    const checksum = readHex(source, position);
    return checksum === header.bodyChecksum && checksum === this.#checksumOf(source, position, end);
  }

  public producer(): undefined {
    return undefined;
  }

  public locate(_source: Uint8Array, _position: number, limit: number): number {
    return limit;
  }

  public createCursor(): FrameCursor {
    return new TextCursor();
  }

  #checksumOf(source: Uint8Array, position: number, end: number): number {
    return this.#checksum.of(source, position + CHECKSUM_BYTES, end, this.#seed);
  }
}

function isBlank(source: Uint8Array, position: number, end: number): boolean {
  for (let at = position; at < end; at += 1) if (source[at] !== 0) return false;
  return true;
}

function fill(into: FrameHeader, frame: TextFrame): void {
  into.flags = 0;
  into.count = 1;
  into.baseOffset = frame.offset;
  into.lastOffset = frame.offset;
  into.epoch = frame.epoch;
  into.minTimestampMs = frame.timestampMs;
  into.maxTimestampMs = frame.timestampMs;
  into.appendTimeMs = frame.appendTimeMs;
  into.stableUpTo = 0;
  into.tombstones = frame.valueBytes < 0 ? 1 : 0;
  into.hasProducer = false;
}
