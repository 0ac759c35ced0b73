import type { RecordBatch, RecordInput } from 'seglog';

const MAX_HEADER_NAME_BYTES = 32_767;

/**
 * The one record of a batch. A codec refuses what its frames cannot say, before anything is written: a wrong number on
 * disk would be found by the next recovery, and not by the programmer who made it.
 */
export function requireOneRecord(batch: RecordBatch): RecordInput {
  const { records, count, baseOffset, offsets, epoch, appendTimeMs, tombstones } = batch;
  const [record] = records;
  if (record === undefined || count !== 1) throw new RangeError('a text frame holds one record');
  const timestampMs = record.timestampMs ?? appendTimeMs;
  requireTrue(isNumber(baseOffset) && (offsets === undefined || offsets[0] === baseOffset), 'offset');
  requireTrue(isNumber(epoch) && epoch < 2 ** 32, 'epoch');
  requireTrue(isNumber(appendTimeMs), 'appendTimeMs');
  requireTrue(isNumber(timestampMs), 'timestampMs');
  requireTrue(batch.minTimestampMs === timestampMs && batch.maxTimestampMs === timestampMs, 'timestamps');
  requireTrue(tombstones === (record.value === null ? 1 : 0), 'tombstones');
  requireTrue(batch.producer === undefined, 'producer: text frames carry no stamp');
  for (const { name } of record.headers ?? []) {
    requireTrue(Buffer.byteLength(name) <= MAX_HEADER_NAME_BYTES, 'header name');
  }
  return record;
}

function isNumber(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function requireTrue(holds: boolean, what: string): void {
  if (!holds) throw new RangeError(`a batch that a text frame cannot hold: ${what}`);
}
