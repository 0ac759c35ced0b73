import { NO_HEADERS, type RecordBatch, type RecordHeader } from '../contract/record.js';
import { headerNameBytes, lastOffsetOf, requireTimestamp, requireTombstones } from './batch-facts.js';
import { AT, FLAG, MAGIC_U32 } from './batch-frame-layout.js';
import { offsetDelta } from './batch-frame-size.js';
import { writeU64 } from './big-endian.js';
import { copyBytes } from './byte-copy.js';
import { writeUtf8 } from './utf8.js';
import { writeVarint } from './varint.js';

/** Writes the body and answers the position after it. */
export function writeBody(batch: RecordBatch, flags: number, target: Uint8Array, position: number): number {
  if (batch.producer === undefined) return writeRecords(batch, flags, target, position);
  const afterId = writeUtf8(target, position + 1, batch.producer.id);
  target[position] = afterId - position - 1;
  return writeRecords(batch, flags, target, afterId);
}

/** Writes the header at `at` in `view`, but for its length and its two checksums. */
export function writeHeader(batch: RecordBatch, flags: number, view: DataView, at: number): void {
  view.setUint32(at, MAGIC_U32);
  view.setUint32(at + AT.flags, flags);
  view.setUint32(at + AT.count, batch.count);
  view.setUint32(at + AT.tombstones, batch.tombstones);
  writeU64(view, at + AT.baseOffset, batch.baseOffset);
  view.setUint32(at + AT.lastOffsetDelta, lastOffsetOf(batch) - batch.baseOffset);
  view.setUint32(at + AT.epoch, batch.epoch);
  writeU64(view, at + AT.minTimestamp, batch.minTimestampMs);
  writeU64(view, at + AT.maxTimestamp, batch.maxTimestampMs);
  writeU64(view, at + AT.appendTime, batch.appendTimeMs);
  writeU64(view, at + AT.stableUpTo, batch.stableUpTo);
  writeU64(view, at + AT.producerSequence, batch.producer?.sequence ?? 0);
  view.setUint32(at + AT.producerEpoch, batch.producer?.epoch ?? 0);
}

/*
 * One record: [varint offset - previous][varint timestamp - min] key value [headers], where key and value are
 * varint(length + 1) and the bytes, 0 for null, and what stands in brackets is there by flag.
 */
function writeRecords(batch: RecordBatch, flags: number, target: Uint8Array, position: number): number {
  const { records, count, offsets, appendTimeMs, minTimestampMs } = batch;
  const sparse = (flags & FLAG.sparseOffsets) !== 0;
  let at = position;
  let tombstones = 0;
  for (let i = 0; i < count; i++) {
    const record = records[i];
    if (record === undefined) throw new TypeError(`record ${i} of ${count} is missing`);
    const timestampMs = record.timestampMs ?? appendTimeMs;
    requireTimestamp(batch, timestampMs);
    if (sparse && offsets !== undefined) at = writeVarint(target, at, offsetDelta(offsets, i));
    if ((flags & FLAG.timestamps) !== 0) at = writeVarint(target, at, timestampMs - minTimestampMs);
    at = writeNullable(target, at, record.key);
    at = writeNullable(target, at, record.value);
    if (record.value === null) tombstones++;
    if ((flags & FLAG.headers) !== 0) at = writeHeaders(target, at, record.headers ?? NO_HEADERS);
  }
  requireTombstones(batch, tombstones);
  return at;
}

function writeNullable(target: Uint8Array, position: number, bytes: Uint8Array | null | undefined): number {
  if (bytes === null || bytes === undefined) {
    target[position] = 0;
    return position + 1;
  }
  return copyBytes(target, writeVarint(target, position, bytes.length + 1), bytes);
}

function writeHeaders(target: Uint8Array, position: number, headers: readonly RecordHeader[]): number {
  let at = writeVarint(target, position, headers.length);
  for (const { name, value } of headers) {
    at = writeUtf8(target, writeVarint(target, at, headerNameBytes(name)), name);
    at = copyBytes(target, writeVarint(target, at, value.length), value);
  }
  return at;
}
