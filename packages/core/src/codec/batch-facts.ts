import type { RecordBatch } from '../contract/record.js';
import { requireSafeInteger } from '../invariant.js';
import { utf8Bytes } from './utf8.js';

const MAX_U32 = 0xffff_ffff;
const MAX_HEADER_NAME_BYTES = 32_767;

/** What every codec asks of a batch before it measures or writes it. */
export function requireBatchFacts(batch: RecordBatch, maxRecords: number): void {
  requireSafeInteger(batch.count, 'count', { min: 1 });
  if (batch.count > maxRecords || batch.count > batch.records.length) {
    const most = Math.min(maxRecords, batch.records.length);
    throw new RangeError(`count must be at most ${most}, not ${batch.count}`);
  }
  requireSafeInteger(batch.baseOffset, 'baseOffset');
  requireSafeInteger(lastOffsetOf(batch), 'last offset', { min: batch.baseOffset + (batch.count - 1) });
  if (batch.offsets !== undefined && batch.offsets[0] !== batch.baseOffset) {
    throw new RangeError(`offsets must start with baseOffset ${batch.baseOffset}, not ${batch.offsets[0]}`);
  }
  requireU32(batch.epoch, 'epoch');
  requireSafeInteger(batch.appendTimeMs, 'appendTimeMs');
  requireSafeInteger(batch.minTimestampMs, 'minTimestampMs');
  requireSafeInteger(batch.maxTimestampMs, 'maxTimestampMs', { min: batch.minTimestampMs });
  requireSafeInteger(batch.stableUpTo, 'stableUpTo');
  requireSafeInteger(batch.tombstones, 'tombstones');
}

/** NaN when the batch brings fewer offsets than records. Summed so that a result beyond 2^53 - 1 is never rounded below it. */
export function lastOffsetOf(batch: RecordBatch): number {
  if (batch.offsets === undefined) return batch.baseOffset + (batch.count - 1);
  return batch.offsets[batch.count - 1] ?? Number.NaN;
}

/** The rules that hold between a record and its batch, checked once more by whoever writes. */
export function requireTimestamp(batch: RecordBatch, timestampMs: number): void {
  const { minTimestampMs, maxTimestampMs } = batch;
  if (timestampMs >= minTimestampMs && timestampMs <= maxTimestampMs && Number.isInteger(timestampMs)) return;
  throw new RangeError(
    `timestampMs must be an integer in [${minTimestampMs}, ${maxTimestampMs}], not ${timestampMs}`,
  );
}

export function requireTombstones(batch: RecordBatch, found: number): void {
  if (found === batch.tombstones) return;
  throw new RangeError(`tombstones must be the number of null values ${found}, not ${batch.tombstones}`);
}

/** Length of a header's name in bytes. */
export function headerNameBytes(name: string): number {
  const bytes = utf8Bytes(name);
  if (bytes <= MAX_HEADER_NAME_BYTES) return bytes;
  throw new RangeError(`a header's name must have at most ${MAX_HEADER_NAME_BYTES} bytes, not ${bytes}`);
}

export function requireU32(value: number, name: string): void {
  requireSafeInteger(value, name);
  if (value > MAX_U32) throw new RangeError(`${name} must be below 2^32, not ${value}`);
}
