import type { Checksum } from '../contract/checksum.js';
import type { SegmentFacts } from '../contract/segment-facts.js';
import { StoredNumbers } from './stored-numbers.js';

const HEADER_BYTES = 48;
const ENTRY_BYTES = 24;
const TRAILER_BYTES = 4;

export interface StoredIndexEntry {
  readonly offset: number;
  readonly position: number;
  readonly maxTimestampMs: number;
}

export interface StoredIndex {
  readonly coveredUpTo: number;
  readonly entries: readonly StoredIndexEntry[];
}

/** The sidecar of docs/format.md#index-sidecar; undefined where the page says that it is not believed. */
export function readIndex(
  bytes: Uint8Array,
  facts: SegmentFacts,
  checksums: ReadonlyMap<number, Checksum>,
): StoredIndex | undefined {
  if (bytes.length < HEADER_BYTES + TRAILER_BYTES) return undefined;
  const at = new StoredNumbers(bytes);
  const count = at.u32(12);
  const end = bytes.length - TRAILER_BYTES;
  const checksum = checksums.get(at.u8(10));
  const whole =
    at.ascii(0, 8) === 'SEGLOGIX' &&
    at.u16(8) === 1 &&
    at.u8(11) === 0 &&
    end === HEADER_BYTES + count * ENTRY_BYTES &&
    at.u32(end) === checksum?.of(bytes, 0, end, 0);
  if (!whole) return undefined;
  const coveredUpTo = at.u64(40);
  const ours =
    at.hex(16, 8) === facts.id &&
    at.u64(24) === facts.baseOffset &&
    at.u64(32) === facts.firstPosition &&
    coveredUpTo >= facts.firstPosition &&
    coveredUpTo <= facts.endPosition;
  return ours ? { coveredUpTo, entries: readEntries(at, count) } : undefined;
}

function readEntries(at: StoredNumbers, count: number): readonly StoredIndexEntry[] {
  return Array.from({ length: count }, (_, i) => {
    const start = HEADER_BYTES + i * ENTRY_BYTES;
    return { offset: at.u64(start), position: at.u64(start + 8), maxTimestampMs: at.i64(start + 16) };
  });
}
