import type { ProducerStamp, RecordBatch, RecordHeader } from '../contract/record.js';
import { requireSafeInteger } from '../invariant.js';
import {
  headerNameBytes,
  lastOffsetOf,
  requireBatchFacts,
  requireTimestamp,
  requireTombstones,
  requireU32,
} from './batch-facts.js';
import { FLAG, MAX_PRODUCER_ID_BYTES, MAX_RECORDS } from './batch-frame-layout.js';
import { utf8Bytes } from './utf8.js';
import { varintBytes } from './varint.js';

/** The columns that this batch needs, checked to be writable. */
export function batchFlags(batch: RecordBatch): number {
  requireBatchFacts(batch, MAX_RECORDS);
  const lastOffsetDelta = lastOffsetOf(batch) - batch.baseOffset;
  requireU32(lastOffsetDelta, 'last offset - baseOffset');
  let flags = 0;
  if (lastOffsetDelta !== batch.count - 1) flags |= FLAG.sparseOffsets;
  if (batch.minTimestampMs !== batch.maxTimestampMs) flags |= FLAG.timestamps;
  if (batch.offsets !== undefined) requireRising(batch.offsets, batch.count);
  if (batch.producer !== undefined) {
    requireProducer(batch.producer);
    flags |= FLAG.producer;
  }
  return hasHeaders(batch) ? flags | FLAG.headers : flags;
}

/** Exact length of the body. Refuses records that contradict the batch's facts. */
export function bodyBytes(batch: RecordBatch, flags: number): number {
  const { records, count, appendTimeMs, minTimestampMs } = batch;
  let bytes = batch.producer === undefined ? 0 : 1 + utf8Bytes(batch.producer.id);
  let tombstones = 0;
  for (let i = 0; i < count; i++) {
    const record = records[i];
    if (record === undefined) throw new TypeError(`record ${i} of ${count} is missing`);
    const timestampMs = record.timestampMs ?? appendTimeMs;
    requireTimestamp(batch, timestampMs);
    if ((flags & FLAG.timestamps) !== 0) bytes += varintBytes(timestampMs - minTimestampMs);
    if (record.value === null) tombstones++;
    bytes += nullableBytes(record.key) + nullableBytes(record.value);
    if ((flags & FLAG.headers) !== 0) bytes += headersBytes(record.headers);
  }
  requireTombstones(batch, tombstones);
  return (flags & FLAG.sparseOffsets) === 0 ? bytes : bytes + offsetsBytes(batch);
}

/** Distance to the offset before; 0 for the first. */
export function offsetDelta(offsets: readonly number[], i: number): number {
  return i === 0 ? 0 : (offsets[i] as number) - (offsets[i - 1] as number);
}

function requireRising(offsets: readonly number[], count: number): void {
  for (let i = 1; i < count; i++) {
    const offset = offsets[i] as number;
    const previous = offsets[i - 1] as number;
    if (Number.isSafeInteger(offset) && offset > previous) continue;
    throw new RangeError(`offsets must be integers that rise, not go from ${previous} to ${offset}`);
  }
}

function offsetsBytes({ offsets = [], count }: RecordBatch): number {
  let bytes = 0;
  for (let i = 0; i < count; i++) bytes += varintBytes(offsetDelta(offsets, i));
  return bytes;
}

function nullableBytes(bytes: Uint8Array | null | undefined): number {
  if (bytes === null || bytes === undefined) return 1;
  return varintBytes(bytes.length + 1) + bytes.length;
}

function headersBytes(headers: readonly RecordHeader[] | undefined): number {
  if (headers === undefined) return 1;
  let bytes = varintBytes(headers.length);
  for (const { name, value } of headers) {
    const nameBytes = headerNameBytes(name);
    bytes += varintBytes(nameBytes) + nameBytes + varintBytes(value.length) + value.length;
  }
  return bytes;
}

function hasHeaders({ records, count }: RecordBatch): boolean {
  for (let i = 0; i < count; i++) {
    const headers = records[i]?.headers;
    if (headers !== undefined && headers.length > 0) return true;
  }
  return false;
}

function requireProducer({ id, epoch, sequence }: ProducerStamp): void {
  requireU32(epoch, 'producer.epoch');
  requireSafeInteger(sequence, 'producer.sequence');
  const bytes = utf8Bytes(id);
  if (bytes >= 1 && bytes <= MAX_PRODUCER_ID_BYTES) return;
  throw new RangeError(`producer.id must have 1 to ${MAX_PRODUCER_ID_BYTES} bytes, not ${bytes}`);
}
