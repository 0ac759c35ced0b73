import { SeglogError, type SegmentName } from '@seglog/core';
import { HASH_BYTES } from './blake3.js';
import { LINK, pieceType } from './wal-piece.js';

const ID_BYTES = 8;
const LINK_BYTES = ID_BYTES + 8 + 8 + HASH_BYTES;

/** What the log says of one of its sealed segments. */
export interface SegmentLink extends SegmentName {
  /** Length of its file. */
  readonly bytes: number;
  /** BLAKE3 of its file: what `b3sum` prints. */
  readonly hash: Uint8Array;
}

export function isLink(key: Uint8Array | null): boolean {
  return pieceType(key) === LINK;
}

/**
 * See `docs/format.md#write-ahead-log`.
 *
 *     0  segment id 8 | 8 base offset u64 | 16 bytes of the file u64 | 24 BLAKE3 of the file 32
 */
export function encodeLink({ id, baseOffset, bytes, hash }: SegmentLink): Uint8Array {
  const target = new Uint8Array(LINK_BYTES);
  const view = new DataView(target.buffer);
  view.setBigUint64(0, BigInt(`0x${id}`));
  view.setBigUint64(8, BigInt(baseOffset));
  view.setBigUint64(16, BigInt(bytes));
  target.set(hash, LINK_BYTES - HASH_BYTES);
  return target;
}

export function decodeLink(source: Uint8Array | null): SegmentLink {
  if (source?.length !== LINK_BYTES) {
    const sentence = 'the write-ahead log holds what this version does not know; open it with a newer one';
    throw new SeglogError('UNSUPPORTED_FORMAT', sentence);
  }
  const view = new DataView(source.buffer, source.byteOffset, source.length);
  return {
    id: view
      .getBigUint64(0)
      .toString(16)
      .padStart(ID_BYTES * 2, '0'),
    baseOffset: Number(view.getBigUint64(8)),
    bytes: Number(view.getBigUint64(16)),
    hash: source.slice(LINK_BYTES - HASH_BYTES),
  };
}
