import type { Checksum } from '../contract/checksum.js';
import type { SegmentName } from '../contract/segment-facts.js';
import { fromHex, toHex } from './hex.js';

export const SEGMENT_HEADER_BYTES = 128;
/** The version that this code writes, and the highest one that it reads. */
export const SEGMENT_FORMAT_VERSION = 1;

const MAGIC = 0x5345474c; // "SEGL"
const MAGIC_2 = 0x4f475331; // "OGS1"
const CRC_POSITION = 124;
const NO_PREDECESSOR = '0000000000000000';

/** What the first 128 bytes of a segment say. See docs/format.md, "Segment header". */
export interface SegmentHeader extends SegmentName {
  /** 32 hexadecimal digits; the same for every segment of one log. */
  readonly logId: string;
  /** u32, random: goes into the checksum of every frame. */
  readonly salt: number;
  /** Longest frame in the segment: what a reader believes does not depend on the settings of the day. */
  readonly maxFrameBytes: number;
  readonly codecId: number;
  readonly checksumId: number;
  readonly createdAtMs: number;
  readonly predecessorId: string | undefined;
}

export type SegmentHeaderVerdict =
  | { readonly kind: 'ok'; readonly header: SegmentHeader }
  /** A header that is whole, of a format that is newer than this code. */
  | { readonly kind: 'unsupported'; readonly version: number }
  | { readonly kind: 'corrupt' };

/**
 *      0  u64  magic "SEGLOGS1"        48  u64  base offset
 *      8  u16  format version          56  u64  created at, ms
 *     10  u16  lowest reader version   64  u32  salt
 *     12  u8   codec id                68  u32  longest frame
 *     13  u8   checksum id             72       zeros
 *     14  u16  zero                   124  u32  crc32c of bytes 0..123
 *     16  16 B log id
 *     32  8 B  segment id
 *     40  8 B  predecessor's segment id, zeros if none
 */
export function encodeSegmentHeader(header: SegmentHeader, crc32c: Checksum): Uint8Array {
  const bytes = new Uint8Array(SEGMENT_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC);
  view.setUint32(4, MAGIC_2);
  view.setUint16(8, SEGMENT_FORMAT_VERSION);
  view.setUint16(10, 1);
  view.setUint8(12, header.codecId);
  view.setUint8(13, header.checksumId);
  bytes.set(fromHex(header.logId), 16);
  bytes.set(fromHex(header.id), 32);
  bytes.set(fromHex(header.predecessorId ?? NO_PREDECESSOR), 40);
  view.setBigUint64(48, BigInt(header.baseOffset));
  view.setBigUint64(56, BigInt(header.createdAtMs));
  view.setUint32(64, header.salt);
  view.setUint32(68, header.maxFrameBytes);
  view.setUint32(CRC_POSITION, crc32c.of(bytes, 0, CRC_POSITION, 0));
  return bytes;
}

/** `bytes` may be shorter than a header: then it is corrupt, whatever it says. */
export function decodeSegmentHeader(bytes: Uint8Array, crc32c: Checksum): SegmentHeaderVerdict {
  if (bytes.length < SEGMENT_HEADER_BYTES) return { kind: 'corrupt' };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0) !== MAGIC || view.getUint32(4) !== MAGIC_2) return { kind: 'corrupt' };
  if (view.getUint32(CRC_POSITION) !== crc32c.of(bytes, 0, CRC_POSITION, 0)) return { kind: 'corrupt' };
  if (view.getUint16(10) > SEGMENT_FORMAT_VERSION) {
    return { kind: 'unsupported', version: view.getUint16(8) };
  }
  const baseOffset = Number(view.getBigUint64(48));
  const createdAtMs = Number(view.getBigUint64(56));
  if (!Number.isSafeInteger(baseOffset) || !Number.isSafeInteger(createdAtMs)) return { kind: 'corrupt' };
  const predecessorId = toHex(bytes.subarray(40, 48));
  const header = {
    id: toHex(bytes.subarray(32, 40)),
    baseOffset,
    logId: toHex(bytes.subarray(16, 32)),
    salt: view.getUint32(64),
    maxFrameBytes: view.getUint32(68),
    codecId: view.getUint8(12),
    checksumId: view.getUint8(13),
    createdAtMs,
    predecessorId: predecessorId === NO_PREDECESSOR ? undefined : predecessorId,
  };
  return { kind: 'ok', header };
}
