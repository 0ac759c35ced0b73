import type { RecordHeader, RecordInput, StoredRecord } from '@seglog/core';
import { SeededRandom } from '../random/seeded-random.js';

/** Which append a record belongs to, and where it stands in it: enough to make all of its bytes again. */
export interface Origin {
  readonly cycle: number;
  /** Number of the append in its cycle. */
  readonly operation: number;
  readonly index: number;
  /** Records of the append. */
  readonly count: number;
}

const ORIGIN_BYTES = 16;
const MARK = 0x5e61_0000;

/** The bytes of one record. The same origin under the same seed gives the same record, in every process. */
export function makeRecord(seed: number, origin: Origin): RecordInput {
  const random = new SeededRandom(seed, (origin.cycle * 1_000_003 + origin.operation) * 4099 + origin.index);
  const identity = encodeOrigin(origin);
  const tombstone = random.below(20) === 0;
  const body = tombstone ? null : filled(identity, sizeOf(random), random);
  const key = tombstone ? identity : keyOf(random);
  return { key, value: body, headers: headersOf(random), timestampMs: 1_700_000_000_000 + random.below(1e9) };
}

/** What a record says of its origin; undefined when it is none of ours. */
export function originOf(record: Pick<StoredRecord, 'key' | 'value'>): Origin | undefined {
  const bytes = record.value ?? record.key;
  if (bytes === null || bytes.length < ORIGIN_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, ORIGIN_BYTES);
  const origin = {
    cycle: view.getUint32(4),
    operation: view.getUint32(8),
    index: view.getUint16(12),
    count: view.getUint16(14),
  };
  return view.getUint32(0) === MARK && origin.index < origin.count ? origin : undefined;
}

/** Whether a stored record is the given one, byte for byte. */
export function sameRecord(stored: Omit<StoredRecord, 'offset'>, made: RecordInput): boolean {
  const headers = made.headers ?? [];
  return (
    stored.timestampMs === made.timestampMs &&
    sameBytes(stored.key, made.key ?? null) &&
    sameBytes(stored.value, made.value) &&
    stored.headers.length === headers.length &&
    stored.headers.every(({ name, value }, nth) => {
      const other = headers[nth];
      return other !== undefined && other.name === name && sameBytes(value, other.value);
    })
  );
}

function sameBytes(one: Uint8Array | null, other: Uint8Array | null): boolean {
  if (one === null || other === null) return one === other;
  return Buffer.compare(one, other) === 0;
}

function encodeOrigin({ cycle, operation, index, count }: Origin): Uint8Array {
  const bytes = new Uint8Array(ORIGIN_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MARK);
  view.setUint32(4, cycle);
  view.setUint32(8, operation);
  view.setUint16(12, index);
  view.setUint16(14, count);
  return bytes;
}

/** Mostly small, some of several pages. */
function sizeOf(random: SeededRandom): number {
  const kind = random.below(100);
  if (kind < 85) return random.below(300);
  return kind < 98 ? random.below(4000) : random.below(9000);
}

function keyOf(random: SeededRandom): Uint8Array | null {
  return random.below(3) === 0 ? null : random.bytes(random.below(24));
}

function headersOf(random: SeededRandom): readonly RecordHeader[] {
  const count = random.below(8) === 0 ? 1 + random.below(3) : 0;
  return Array.from({ length: count }, (_, nth) => ({
    name: `h${nth}`,
    value: random.bytes(random.below(20)),
  }));
}

function filled(identity: Uint8Array, extraBytes: number, random: SeededRandom): Uint8Array {
  const bytes = new Uint8Array(identity.length + extraBytes);
  bytes.set(identity);
  let word = random.nextUint32() | 1;
  for (let at = identity.length; at < bytes.length; at += 1) {
    word = Math.imul(word, 0x01000193) + at;
    bytes[at] = word >>> 16;
  }
  return bytes;
}
