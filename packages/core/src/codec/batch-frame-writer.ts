import type { RecordBatch, RecordHeader } from '../contract/record.js';
import { headerNameBytes, lastOffsetOf, requireTimestamp, requireTombstones } from './batch-facts.js';
import { AT, FLAG, MAGIC_U32 } from './batch-frame-layout.js';
import { offsetDelta } from './batch-frame-size.js';
import { writeU32, writeU64 } from './big-endian.js';
import { copyBytes } from './byte-copy.js';
import { writeUtf8 } from './utf8.js';
import { writeVarint } from './varint.js';

const NO_HEADERS: readonly RecordHeader[] = [];

/** Writes the body and answers the position after it. */
export function writeBody(batch: RecordBatch, flags: number, target: Uint8Array, position: number): number {
  if (batch.producer === undefined) return writeRecords(batch, flags, target, position);
  const afterId = writeUtf8(target, position + 1, batch.producer.id);
  target[position] = afterId - position - 1;
  return writeRecords(batch, flags, target, afterId);
}

/** Writes the header but for its two checksums. */
export function writeHeader(batch: RecordBatch, flags: number, target: Uint8Array, position: number): void {
  writeU32(target, position, MAGIC_U32);
  writeU32(target, position + AT.flags, flags);
  writeU32(target, position + AT.count, batch.count);
  writeU32(target, position + AT.tombstones, batch.tombstones);
  writeU64(target, position + AT.baseOffset, batch.baseOffset);
  writeU32(target, position + AT.lastOffsetDelta, lastOffsetOf(batch) - batch.baseOffset);
  writeU32(target, position + AT.epoch, batch.epoch);
  writeU64(target, position + AT.minTimestamp, batch.minTimestampMs);
  writeU64(target, position + AT.maxTimestamp, batch.maxTimestampMs);
  writeU64(target, position + AT.appendTime, batch.appendTimeMs);
  writeU64(target, position + AT.stableUpTo, batch.stableUpTo);
  writeU64(target, position + AT.producerSequence, batch.producer?.sequence ?? 0);
  writeU32(target, position + AT.producerEpoch, batch.producer?.epoch ?? 0);
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
