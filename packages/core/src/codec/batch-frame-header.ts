import type { FrameHeader } from '../contract/frame-codec.js';
import type { ProducerStamp } from '../contract/record.js';
import {
  AT,
  FLAG,
  HEADER_BYTES,
  MAX_PRODUCER_ID_BYTES,
  MAX_RECORDS,
  MIN_RECORD_BYTES,
  UNKNOWN_FLAGS,
} from './batch-frame-layout.js';
import { readU64 } from './big-endian.js';
import { readUtf8 } from './utf8.js';

/**
 * Fills `into` from the header at `at` in `view`, whose checksum holds. False for facts that no writer of ours states: a checksum is no proof
 * against a writer with a bug, and whatever trusts these numbers counts on their order.
 */
export function readHeader(view: DataView, at: number, into: FrameHeader): boolean {
  into.frameBytes = HEADER_BYTES + view.getUint32(at + AT.bodyBytes);
  into.bodyChecksum = view.getUint32(at + AT.bodyChecksum);
  into.flags = view.getUint32(at + AT.flags);
  into.count = view.getUint32(at + AT.count);
  into.tombstones = view.getUint32(at + AT.tombstones);
  into.baseOffset = readU64(view, at + AT.baseOffset);
  into.lastOffset = into.baseOffset + view.getUint32(at + AT.lastOffsetDelta);
  into.epoch = view.getUint32(at + AT.epoch);
  into.minTimestampMs = readU64(view, at + AT.minTimestamp);
  into.maxTimestampMs = readU64(view, at + AT.maxTimestamp);
  into.appendTimeMs = readU64(view, at + AT.appendTime);
  into.stableUpTo = readU64(view, at + AT.stableUpTo);
  into.hasProducer = (into.flags & FLAG.producer) !== 0;
  return factsHold(into) && ((into.flags & UNKNOWN_FLAGS) !== 0 || columnsHold(into));
}

/** The stamp of a frame whose header holds; undefined when the body does not have it. */
export function readProducer(
  source: Uint8Array,
  position: number,
  header: FrameHeader,
): ProducerStamp | undefined {
  const end = producerEnd(source, position, header);
  if (end < 0 || end > source.length) return undefined;
  const view = new DataView(source.buffer, source.byteOffset + position);
  const sequence = readU64(view, AT.producerSequence);
  if (!Number.isSafeInteger(sequence)) return undefined;
  const epoch = view.getUint32(AT.producerEpoch);
  return { id: readUtf8(source, position + HEADER_BYTES + 1, end), epoch, sequence };
}

/** Position after the producer's id; -1 when there is no valid one. */
export function producerEnd(source: Uint8Array, position: number, header: FrameHeader): number {
  const start = position + HEADER_BYTES;
  if (header.frameBytes <= HEADER_BYTES || start >= source.length) return -1;
  const bytes = source[start] as number;
  if (bytes < 1 || bytes > MAX_PRODUCER_ID_BYTES) return -1;
  return HEADER_BYTES + 1 + bytes > header.frameBytes ? -1 : start + 1 + bytes;
}

function factsHold(header: FrameHeader): boolean {
  return (
    header.count >= 1 &&
    header.count <= MAX_RECORDS &&
    header.tombstones <= header.count &&
    header.lastOffset - header.baseOffset >= header.count - 1 &&
    header.minTimestampMs <= header.maxTimestampMs &&
    header.lastOffset <= Number.MAX_SAFE_INTEGER &&
    header.maxTimestampMs <= Number.MAX_SAFE_INTEGER &&
    header.appendTimeMs <= Number.MAX_SAFE_INTEGER &&
    header.stableUpTo <= Number.MAX_SAFE_INTEGER
  );
}

/** What the known flags promise of the header. A newer version may change it along with its flag. */
function columnsHold(header: FrameHeader): boolean {
  const dense = header.lastOffset - header.baseOffset === header.count - 1;
  const oneTimestamp = header.minTimestampMs === header.maxTimestampMs;
  return (
    dense === ((header.flags & FLAG.sparseOffsets) === 0) &&
    oneTimestamp === ((header.flags & FLAG.timestamps) === 0) &&
    header.count * MIN_RECORD_BYTES <= header.frameBytes - HEADER_BYTES
  );
}
