import type { Checksum } from '../contract/checksum.js';
import type { RollReason, SegmentFacts } from '../contract/segment-facts.js';
import { fromHex, toHex } from './hex.js';

export const SEGMENT_FOOTER_BYTES = 128;

const MAGIC = 0x5345474c; // "SEGL"
const MAGIC_2 = 0x4f474631; // "OGF1"
const CRC_POSITION = 124;
const REASONS: readonly RollReason[] = ['forced', 'size', 'age', 'offset-range', 'recovery'];

/** What the last 128 bytes of a sealed segment say: the same as the manifest's edit that sealed it. */
export interface SegmentFooter {
  readonly facts: SegmentFacts;
  readonly reason: RollReason;
}

/**
 *      0  u64  magic "SEGLOGF1"         56  i64  highest timestamp, -1 if none
 *      8  8 B  segment id               64  i64  latest append time, -1 if none
 *     16  u64  base offset              72  u64  created at, ms
 *     24  u64  end of the last frame    80  u64  tombstones
 *     32  u64  next offset              88  u32  checksum of all frame headers
 *     40  u64  records                  92  u8   reason of the roll
 *     48  i64  lowest timestamp         93       zeros
 *                                      124  u32  crc32c of bytes 0..123
 */
export function encodeSegmentFooter({ facts, reason }: SegmentFooter, crc32c: Checksum): Uint8Array {
  const bytes = new Uint8Array(SEGMENT_FOOTER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC);
  view.setUint32(4, MAGIC_2);
  bytes.set(fromHex(facts.id), 8);
  view.setBigUint64(16, BigInt(facts.baseOffset));
  view.setBigUint64(24, BigInt(facts.endPosition));
  view.setBigUint64(32, BigInt(facts.nextOffset));
  view.setBigUint64(40, BigInt(facts.recordCount));
  view.setBigInt64(48, BigInt(facts.minTimestampMs));
  view.setBigInt64(56, BigInt(facts.maxTimestampMs));
  view.setBigInt64(64, BigInt(facts.maxAppendTimeMs));
  view.setBigUint64(72, BigInt(facts.createdAtMs));
  view.setBigUint64(80, BigInt(facts.tombstones));
  view.setUint32(88, facts.framesChecksum);
  view.setUint8(92, REASONS.indexOf(reason));
  view.setUint32(CRC_POSITION, crc32c.of(bytes, 0, CRC_POSITION, 0));
  return bytes;
}

/** Undefined when the bytes are no footer. `firstPosition` is where the segment's frames start. */
export function decodeSegmentFooter(
  bytes: Uint8Array,
  firstPosition: number,
  crc32c: Checksum,
): SegmentFooter | undefined {
  if (bytes.length < SEGMENT_FOOTER_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0) !== MAGIC || view.getUint32(4) !== MAGIC_2) return undefined;
  if (view.getUint32(CRC_POSITION) !== crc32c.of(bytes, 0, CRC_POSITION, 0)) return undefined;
  const reason = REASONS[view.getUint8(92)];
  if (reason === undefined) return undefined;
  const facts: SegmentFacts = {
    id: toHex(bytes.subarray(8, 16)),
    baseOffset: Number(view.getBigUint64(16)),
    sealed: true,
    firstPosition,
    endPosition: Number(view.getBigUint64(24)),
    nextOffset: Number(view.getBigUint64(32)),
    recordCount: Number(view.getBigUint64(40)),
    minTimestampMs: Number(view.getBigInt64(48)),
    maxTimestampMs: Number(view.getBigInt64(56)),
    maxAppendTimeMs: Number(view.getBigInt64(64)),
    tombstones: Number(view.getBigUint64(80)),
    framesChecksum: view.getUint32(88),
    createdAtMs: Number(view.getBigUint64(72)),
  };
  return { facts, reason };
}
