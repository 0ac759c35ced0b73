import { NO_HEADERS, type RecordBatch, type RecordHeader, type RecordInput } from '../contract/record.js';
import { headerNameBytes, requireBatchFacts, requireTimestamp, requireTombstones } from './batch-facts.js';
import { copyBytes } from './byte-copy.js';
import { CBOR, CBOR_NULL, cborHeadBytes, writeCborHead } from './cbor-head.js';
import { utf8Bytes, writeUtf8 } from './utf8.js';

export const PAYLOAD_ITEMS = 7;
export const HEADER_ITEMS = 2;

/** The one record of a batch that this codec can hold. */
export function singleRecord(batch: RecordBatch): RecordInput {
  requireBatchFacts(batch, 1);
  const record = batch.records[0];
  if (record === undefined) throw new TypeError('the record is missing');
  if (batch.minTimestampMs !== batch.maxTimestampMs) {
    throw new RangeError('minTimestampMs and maxTimestampMs of one record must be equal');
  }
  requireTimestamp(batch, record.timestampMs ?? batch.appendTimeMs);
  requireTombstones(batch, record.value === null ? 1 : 0);
  if (batch.producer !== undefined) throw new RangeError('plain frames carry no producer stamp');
  return record;
}

export function payloadBytes(batch: RecordBatch, record: RecordInput): number {
  const { baseOffset, epoch, minTimestampMs, appendTimeMs } = batch;
  const headers = record.headers ?? NO_HEADERS;
  let bytes = 1 + cborHeadBytes(baseOffset) + cborHeadBytes(epoch);
  bytes += cborHeadBytes(minTimestampMs) + cborHeadBytes(appendTimeMs);
  bytes += nullableBytes(record.key) + nullableBytes(record.value) + cborHeadBytes(headers.length);
  for (const { name, value } of headers)
    bytes += 1 + stringBytes(headerNameBytes(name)) + stringBytes(value.length);
  return bytes;
}

/** Writes `[offset, epoch, timestamp, append time, key, value, [[name, value], ...]]`; answers the position after it. */
export function writePayload(
  batch: RecordBatch,
  record: RecordInput,
  target: Uint8Array,
  position: number,
): number {
  let at = writeCborHead(target, position, CBOR.array, PAYLOAD_ITEMS);
  at = writeCborHead(target, at, CBOR.uint, batch.baseOffset);
  at = writeCborHead(target, at, CBOR.uint, batch.epoch);
  at = writeCborHead(target, at, CBOR.uint, batch.minTimestampMs);
  at = writeCborHead(target, at, CBOR.uint, batch.appendTimeMs);
  at = writeNullable(target, at, record.key);
  at = writeNullable(target, at, record.value);
  return writeHeaders(target, at, record.headers ?? NO_HEADERS);
}

function writeHeaders(target: Uint8Array, position: number, headers: readonly RecordHeader[]): number {
  let at = writeCborHead(target, position, CBOR.array, headers.length);
  for (const { name, value } of headers) {
    at = writeCborHead(target, at, CBOR.array, HEADER_ITEMS);
    at = writeUtf8(target, writeCborHead(target, at, CBOR.text, utf8Bytes(name)), name);
    at = writeNullable(target, at, value);
  }
  return at;
}

function writeNullable(target: Uint8Array, position: number, bytes: Uint8Array | null | undefined): number {
  if (bytes === null || bytes === undefined) {
    target[position] = CBOR_NULL;
    return position + 1;
  }
  return copyBytes(target, writeCborHead(target, position, CBOR.bytes, bytes.length), bytes);
}

function nullableBytes(bytes: Uint8Array | null | undefined): number {
  return bytes === null || bytes === undefined ? 1 : stringBytes(bytes.length);
}

function stringBytes(bytes: number): number {
  return cborHeadBytes(bytes) + bytes;
}
