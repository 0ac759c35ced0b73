import type { ProducerStamp, RecordBatch, RecordHeader, RecordInput } from '@seglog/core';
import * as fc from 'fast-check';

export interface RecordLimits {
  /** Longest key, value or header value in bytes. Default 300: lengths of one and two bytes. */
  readonly maxBytes?: number;
}

export interface BatchLimits extends RecordLimits {
  /** Default 40. */
  readonly maxRecords?: number;
  /** Whether some batches carry a producer's stamp. Default false. */
  readonly producer?: boolean;
}

/** Records of every shape: null and empty keys and values, headers, timestamps in any order or none. */
export function recordArbitrary({ maxBytes = 300 }: RecordLimits = {}): fc.Arbitrary<RecordInput> {
  const bytes = bytesArbitrary(maxBytes);
  return fc.record(
    {
      key: fc.option(bytes, { nil: null }),
      value: fc.option(bytes, { nil: null }),
      headers: fc.array(headerArbitrary(maxBytes), { maxLength: 3 }),
      timestampMs: timestampArbitrary(),
    },
    { requiredKeys: ['value'], noNullPrototype: true },
  );
}

/** Batches whose facts fit their records: dense or sparse offsets, with headers or without, one timestamp or many. */
export function batchArbitrary(limits: BatchLimits = {}): fc.Arbitrary<RecordBatch> {
  const { maxRecords = 40, producer = false } = limits;
  return fc
    .record({
      records: recordsArbitrary(recordArbitrary(limits), maxRecords),
      baseOffset: fc.oneof(
        fc.nat(1000),
        fc.maxSafeNat().map((offset) => offset % 2 ** 52),
      ),
      gaps: fc.option(fc.array(gapArbitrary, { minLength: maxRecords, maxLength: maxRecords }), {
        nil: undefined,
      }),
      epoch: fc.oneof(fc.nat(10), fc.integer({ min: 0, max: 0xffff_ffff })),
      appendTimeMs: timestampArbitrary(),
      stableUpTo: fc.maxSafeNat(),
      producer: producer ? fc.option(producerArbitrary, { nil: undefined }) : fc.constant(undefined),
    })
    .map(({ gaps, ...facts }) => batchOf(facts.records, { ...facts, gaps }));
}

type BatchFacts = Partial<
  Pick<RecordBatch, 'baseOffset' | 'epoch' | 'appendTimeMs' | 'stableUpTo' | 'producer'>
> & {
  /** Offset of each record minus that of the one before; the first is not used. Absent: dense. */
  readonly gaps?: readonly number[] | undefined;
};

/** The batch of these records, with the facts that follow from them. */
export function batchOf(records: readonly RecordInput[], facts: BatchFacts = {}): RecordBatch {
  const { baseOffset = 0, epoch = 0, appendTimeMs = 0, stableUpTo = 0, producer, gaps } = facts;
  const timestamps = records.map(({ timestampMs }) => timestampMs ?? appendTimeMs);
  return {
    records,
    count: records.length,
    baseOffset,
    offsets: gaps === undefined ? undefined : offsetsOf(records.length, baseOffset, gaps),
    epoch,
    appendTimeMs,
    minTimestampMs: Math.min(...timestamps),
    maxTimestampMs: Math.max(...timestamps),
    tombstones: records.filter(({ value }) => value === null).length,
    stableUpTo,
    producer,
  };
}

const gapArbitrary: fc.Arbitrary<number> = fc.oneof(
  fc.constant(1),
  fc.integer({ min: 1, max: 300 }),
  fc.integer({ min: 1, max: 100_000_000 }),
);

const producerArbitrary: fc.Arbitrary<ProducerStamp> = fc
  .record({
    id: fc.oneof(
      fc.string({ minLength: 1, maxLength: 128, unit: 'binary-ascii' }),
      fc.constantFrom('é', '😀'.repeat(32)),
    ),
    epoch: fc.integer({ min: 0, max: 0xffff_ffff }),
    sequence: fc.maxSafeNat(),
  })
  .map((stamp) => ({ ...stamp }));

function offsetsOf(count: number, baseOffset: number, gaps: readonly number[]): number[] {
  const offsets = [baseOffset];
  for (let i = 1; i < count; i += 1) offsets.push((offsets[i - 1] ?? 0) + (gaps[i] ?? 1));
  return offsets;
}

/** Often without any header, and often with one timestamp for all: codecs leave such columns out. */
function recordsArbitrary(
  record: fc.Arbitrary<RecordInput>,
  maxRecords: number,
): fc.Arbitrary<RecordInput[]> {
  const records = fc.array(record, { minLength: 1, maxLength: maxRecords });
  return fc.tuple(records, fc.boolean(), fc.boolean()).map(([all, bare, timeless]) =>
    all.map(({ headers, timestampMs, ...rest }) => ({
      ...rest,
      ...(bare || headers === undefined ? {} : { headers }),
      ...(timeless || timestampMs === undefined ? {} : { timestampMs }),
    })),
  );
}

function headerArbitrary(maxBytes: number): fc.Arbitrary<RecordHeader> {
  return fc
    .record({
      name: fc.oneof(
        fc.string({ maxLength: 20 }),
        fc.string({ maxLength: 20, unit: 'binary' }),
        fc.constant('\ufeffx'),
      ),
      value: bytesArbitrary(maxBytes),
    })
    .map((header) => ({ ...header }));
}

function bytesArbitrary(maxBytes: number): fc.Arbitrary<Uint8Array> {
  return fc.oneof(
    fc.uint8Array({ maxLength: Math.min(20, maxBytes) }),
    fc.uint8Array({ maxLength: maxBytes, size: 'max' }),
    fc.constantFrom(
      ...[0, 126, 127, 128].map((length) => new Uint8Array(Math.min(length, maxBytes)).fill(0xa5)),
    ),
  );
}

function timestampArbitrary(): fc.Arbitrary<number> {
  return fc.oneof(
    fc.integer({ min: 1_700_000_000_000, max: 1_700_000_001_000 }),
    fc.maxSafeNat(),
    fc.constantFrom(0, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER),
  );
}
