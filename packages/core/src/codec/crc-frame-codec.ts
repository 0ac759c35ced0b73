import { isBlank } from '../blank.js';
import type { Checksum } from '../contract/checksum.js';
import type {
  FrameCodec,
  FrameCursor,
  FrameField,
  FrameHeader,
  FrameStatus,
  SegmentCodec,
  SegmentCodecContext,
} from '../contract/frame-codec.js';
import type { RecordBatch } from '../contract/record.js';
import { readU32, writeU32 } from './big-endian.js';
import { CrcFrameCursor } from './crc-frame-cursor.js';
import { CrcFramePayload } from './crc-frame-payload.js';
import { payloadBytes, singleRecord, writePayload } from './crc-frame-writer.js';
import { frameLimit, segmentSeed } from './segment-seed.js';

const HEADER_BYTES = 8;
const AT_LENGTH = 4;

/**
 * The plain codec, id 2: `[checksum u32][length u32][payload]`, one record per frame, where the payload is a CBOR array
 * that starts with the offset and the checksum covers length and payload. Bytes: docs/format.md#plain-frame.
 *
 * Simple to read with any CBOR library, and weaker than the batch codec: a length has no checksum of its own, so a
 * damaged one cannot be told from a frame that goes on. Therefore `peek` reads a whole frame before it believes anything
 * in it, which costs a checksum over it, and a `partial` frame is never said to have a length.
 */
export function crcFrameCodec(): FrameCodec {
  return new CrcFrameCodec();
}

class CrcFrameCodec implements FrameCodec {
  public readonly id = 2;
  public readonly name = 'plain';
  public readonly maxRecordsPerFrame = 1;
  public readonly fields: readonly FrameField[] = [
    { name: 'checksum', position: 0, bytes: 4 },
    { name: 'length', position: AT_LENGTH, bytes: 4 },
  ];
  public readonly guarantees = {
    selfLocating: false,
    atomicBatch: false,
    bound: true,
    stableUpTo: false,
    producer: false,
  } as const;

  public forSegment(context: SegmentCodecContext): SegmentCodec {
    return new CrcSegmentCodec(context);
  }
}

class CrcSegmentCodec implements SegmentCodec {
  public readonly headerBytes = HEADER_BYTES;
  readonly #checksum: Checksum;
  readonly #seed: number;
  readonly #maxFrameBytes: number;
  readonly #payload = new CrcFramePayload();

  public constructor(context: SegmentCodecContext) {
    this.#checksum = context.checksum;
    this.#seed = segmentSeed(context);
    this.#maxFrameBytes = frameLimit(context);
  }

  public frameBytes(batch: RecordBatch): number {
    return HEADER_BYTES + payloadBytes(batch, singleRecord(batch));
  }

  public encode(batch: RecordBatch, target: Uint8Array, position: number): number {
    const bytes = this.frameBytes(batch);
    const end = position + bytes;
    if (end > target.length || bytes > this.#maxFrameBytes) {
      throw new RangeError(`a frame of ${bytes} bytes does not fit, or is over ${this.#maxFrameBytes}`);
    }
    writePayload(batch, singleRecord(batch), target, position + HEADER_BYTES);
    writeU32(target, position + AT_LENGTH, bytes - HEADER_BYTES);
    writeU32(target, position, this.#checksumOf(target, position, end));
    return bytes;
  }

  public peek(source: Uint8Array, position: number, limit: number, into: FrameHeader): FrameStatus {
    into.frameBytes = 0;
    const end = Math.min(limit, source.length);
    if (position + HEADER_BYTES > end) return isBlank(source, position, end) ? 'blank' : 'partial';
    const length = readU32(source, position + AT_LENGTH);
    if (length === 0) return readU32(source, position) === 0 ? 'blank' : 'corrupt';
    const frameBytes = HEADER_BYTES + length;
    if (frameBytes > this.#maxFrameBytes) return 'corrupt';
    const frameEnd = position + frameBytes;
    if (frameEnd > end) return 'partial';
    const checksum = this.#checksumOf(source, position, frameEnd);
    if (checksum !== readU32(source, position)) return 'corrupt';
    if (!this.#payload.read(source, position + HEADER_BYTES, frameEnd)) return 'corrupt';
    fill(into, this.#payload);
    into.frameBytes = frameBytes;
    into.bodyChecksum = checksum;
    return 'frame';
  }

  public verify(source: Uint8Array, position: number, header: FrameHeader): boolean {
    const end = position + header.frameBytes;
    if (header.frameBytes <= HEADER_BYTES || end > source.length) return false;
    const stored = readU32(source, position);
    return stored === header.bodyChecksum && stored === this.#checksumOf(source, position, end);
  }

  public producer(): undefined {
    return undefined;
  }

  public locate(_source: Uint8Array, _position: number, limit: number): number {
    return limit;
  }

  public createCursor(): FrameCursor {
    return new CrcFrameCursor(HEADER_BYTES);
  }

  #checksumOf(source: Uint8Array, position: number, end: number): number {
    return this.#checksum.of(source, position + AT_LENGTH, end, this.#seed);
  }
}

function fill(into: FrameHeader, payload: CrcFramePayload): void {
  into.flags = 0;
  into.count = 1;
  into.baseOffset = payload.offset;
  into.lastOffset = payload.offset;
  into.epoch = payload.epoch;
  into.minTimestampMs = payload.timestampMs;
  into.maxTimestampMs = payload.timestampMs;
  into.appendTimeMs = payload.appendTimeMs;
  into.stableUpTo = 0;
  into.tombstones = payload.valueBytes < 0 ? 1 : 0;
  into.hasProducer = false;
}
