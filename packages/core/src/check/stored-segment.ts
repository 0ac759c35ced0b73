import type { Checksum } from '../contract/checksum.js';
import type { SegmentFacts } from '../contract/segment-facts.js';
import { StoredNumbers } from './stored-numbers.js';

export const HEADER_BYTES = 128;
export const FOOTER_BYTES = 128;
const CHECKSUM_AT = 124;
const NO_SEGMENT = '0'.repeat(16);

export interface StoredHeader {
  readonly codecId: number;
  readonly checksumId: number;
  readonly logId: string;
  readonly logIdBytes: Uint8Array;
  readonly id: string;
  readonly predecessorId: string | undefined;
  readonly baseOffset: number;
  readonly createdAtMs: number;
  readonly salt: number;
  /** Longest frame of the segment. */
  readonly maxFrameBytes: number;
}

/** The header of docs/format.md#segment-header, or what is wrong with it. */
export function readHeader(bytes: Uint8Array, crc32c: Checksum): StoredHeader | string {
  if (bytes.length < HEADER_BYTES) return `a header has ${HEADER_BYTES} bytes, not ${bytes.length}`;
  const at = new StoredNumbers(bytes);
  if (at.ascii(0, 8) !== 'SEGLOGS1') return 'the header has no magic';
  if (at.u32(CHECKSUM_AT) !== crc32c.of(bytes, 0, CHECKSUM_AT, 0)) return 'the header fails its checksum';
  if (at.u16(8) !== 1 || at.u16(10) !== 1) return `the header is of version ${at.u16(8)}`;
  if (at.u16(14) !== 0 || !at.zeros(72, CHECKSUM_AT)) return 'reserved bytes of the header are not zero';
  const predecessor = at.hex(40, 8);
  return {
    codecId: at.u8(12),
    checksumId: at.u8(13),
    logId: at.hex(16, 16),
    logIdBytes: bytes.slice(16, 32),
    id: at.hex(32, 8),
    predecessorId: predecessor === NO_SEGMENT ? undefined : predecessor,
    baseOffset: at.u64(48),
    createdAtMs: at.u64(56),
    salt: at.u32(64),
    maxFrameBytes: at.u32(68),
  };
}

/** The facts that a footer repeats, in the names of the manifest. */
export type FooterFacts = Omit<SegmentFacts, 'sealed' | 'firstPosition'> & { readonly reason: string };

const REASONS: readonly string[] = ['forced', 'size', 'age', 'offset-range', 'recovery'];

/** The footer of docs/format.md#segment-footer, or what is wrong with it. */
export function readFooter(bytes: Uint8Array, crc32c: Checksum): FooterFacts | string {
  if (bytes.length < FOOTER_BYTES) return `a footer has ${FOOTER_BYTES} bytes, not ${bytes.length}`;
  const at = new StoredNumbers(bytes);
  if (at.ascii(0, 8) !== 'SEGLOGF1') return 'the footer has no magic';
  if (at.u32(CHECKSUM_AT) !== crc32c.of(bytes, 0, CHECKSUM_AT, 0)) return 'the footer fails its checksum';
  if (!at.zeros(93, CHECKSUM_AT)) return 'reserved bytes of the footer are not zero';
  return {
    id: at.hex(8, 8),
    baseOffset: at.u64(16),
    endPosition: at.u64(24),
    nextOffset: at.u64(32),
    recordCount: at.u64(40),
    minTimestampMs: at.i64(48),
    maxTimestampMs: at.i64(56),
    maxAppendTimeMs: at.i64(64),
    createdAtMs: at.u64(72),
    tombstones: at.u64(80),
    framesChecksum: at.u32(88),
    reason: REASONS[at.u8(92)] ?? 'unknown',
  };
}
