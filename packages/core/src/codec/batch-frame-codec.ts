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
import type { ProducerStamp, RecordBatch } from '../contract/record.js';
import { BatchFrameCursor } from './batch-frame-cursor.js';
import { readHeader, readProducer } from './batch-frame-header.js';
import { AT, FIELDS, HEADER_BYTES, MAGIC, MAGIC_U32, MAX_RECORDS } from './batch-frame-layout.js';
import { batchFlags, bodyBytes } from './batch-frame-size.js';
import { writeBody, writeHeader } from './batch-frame-writer.js';
import { writeU64 } from './big-endian.js';
import { BufferView } from './buffer-view.js';
import { frameLimit, segmentSeed } from './segment-seed.js';

/**
 * The default codec, id 1: one frame per batch, a header that proves itself, a body with its own checksum, and every
 * guarantee. Bytes: docs/format.md#batch-frame.
 *
 * A frame whose header holds but that uses flags of a newer version is a `frame`, so that recovery never cuts it as a torn
 * tail; its body cannot be read, and a cursor that loads it is `malformed` before the first record.
 *
 * `frameBytes` measures beyond `maxFrameBytes` too, so that the caller can say how much is too much; `encode` throws.
 */
export function batchFrameCodec(): FrameCodec {
  return new BatchFrameCodec();
}

class BatchFrameCodec implements FrameCodec {
  public readonly id = 1;
  public readonly name = 'batch';
  public readonly maxRecordsPerFrame: number = MAX_RECORDS;
  public readonly fields: readonly FrameField[] = FIELDS;
  public readonly guarantees = {
    selfLocating: true,
    atomicBatch: true,
    bound: true,
    stableUpTo: true,
    producer: true,
  } as const;

  public forSegment(context: SegmentCodecContext): SegmentCodec {
    return new BatchSegmentCodec(context);
  }
}

class BatchSegmentCodec implements SegmentCodec {
  public readonly headerBytes = HEADER_BYTES;
  readonly #checksum: Checksum;
  readonly #seed: number;
  readonly #maxFrameBytes: number;
  readonly #view = new BufferView();

  public constructor(context: SegmentCodecContext) {
    this.#checksum = context.checksum;
    this.#seed = segmentSeed(context);
    this.#maxFrameBytes = frameLimit(context);
  }

  public frameBytes(batch: RecordBatch): number {
    return HEADER_BYTES + bodyBytes(batch, batchFlags(batch));
  }

  public encode(batch: RecordBatch, target: Uint8Array, position: number): number {
    const flags = batchFlags(batch);
    const body = position + HEADER_BYTES;
    const end = writeBody(batch, flags, target, body);
    if (end > target.length || end - position > this.#maxFrameBytes) {
      throw new RangeError(
        `a frame of ${end - position} bytes does not fit, or is over ${this.#maxFrameBytes}`,
      );
    }
    const view = this.#view.of(target);
    const at = target.byteOffset + position;
    writeHeader(batch, flags, view, at);
    view.setUint32(at + AT.bodyBytes, end - body);
    this.#seal(target, position, end);
    return end - position;
  }

  public adopt(source: Uint8Array, stableUpTo: number, target: Uint8Array, position: number): void {
    if (source.length > this.#maxFrameBytes) {
      throw new RangeError(`a frame of ${source.length} bytes is over ${this.#maxFrameBytes}`);
    }
    target.set(source, position);
    writeU64(this.#view.of(target), target.byteOffset + position + AT.stableUpTo, stableUpTo);
    this.#seal(target, position, position + source.length);
  }

  public peek(source: Uint8Array, position: number, limit: number, into: FrameHeader): FrameStatus {
    into.frameBytes = 0;
    const end = Math.min(limit, source.length);
    const headerEnd = position + HEADER_BYTES;
    if (headerEnd > end) return this.#peekShort(source, position, end);
    const view = this.#view.of(source);
    const at = source.byteOffset + position;
    if (view.getUint32(at) !== MAGIC_U32) return isBlank(source, position, headerEnd) ? 'blank' : 'corrupt';
    if (view.getUint32(at + AT.headerChecksum) !== this.#headerChecksum(source, position)) return 'corrupt';
    if (!readHeader(view, at, into) || into.frameBytes > this.#maxFrameBytes) {
      into.frameBytes = 0;
      return 'corrupt';
    }
    return position + into.frameBytes > end ? 'partial' : 'frame';
  }

  public verify(source: Uint8Array, position: number, header: FrameHeader): boolean {
    const end = position + header.frameBytes;
    if (header.frameBytes < HEADER_BYTES || end > source.length) return false;
    return this.#checksum.of(source, position + HEADER_BYTES, end, this.#seed) === header.bodyChecksum;
  }

  public producer(source: Uint8Array, position: number, header: FrameHeader): ProducerStamp | undefined {
    return header.hasProducer ? readProducer(source, position, header) : undefined;
  }

  public locate(source: Uint8Array, position: number, limit: number): number {
    const end = Math.min(limit, source.length);
    // A view, because indexOf has no end of its own.
    const range = source.subarray(0, end);
    let at = range.indexOf(MAGIC[0] as number, position);
    while (at >= 0 && !startsWithMagic(range, at, end)) at = range.indexOf(MAGIC[0] as number, at + 1);
    return at < 0 ? limit : at;
  }

  public createCursor(): FrameCursor {
    return new BatchFrameCursor();
  }

  #peekShort(source: Uint8Array, position: number, end: number): FrameStatus {
    if (isBlank(source, position, end)) return 'blank';
    return startsWithMagic(source, position, end) ? 'partial' : 'corrupt';
  }

  /** Both checksums, over what stands there. */
  #seal(target: Uint8Array, position: number, end: number): void {
    const view = this.#view.of(target);
    const at = target.byteOffset + position;
    view.setUint32(at + AT.bodyChecksum, this.#checksum.of(target, position + HEADER_BYTES, end, this.#seed));
    view.setUint32(at + AT.headerChecksum, this.#headerChecksum(target, position));
  }

  #headerChecksum(source: Uint8Array, position: number): number {
    return this.#checksum.of(source, position, position + AT.headerChecksum, this.#seed);
  }
}

/** Whether the magic stands at `position`, as far as there are bytes below `end`. */
function startsWithMagic(source: Uint8Array, position: number, end: number): boolean {
  for (let i = 0; i < MAGIC.length && position + i < end; i++) {
    if (source[position + i] !== MAGIC[i]) return false;
  }
  return true;
}
