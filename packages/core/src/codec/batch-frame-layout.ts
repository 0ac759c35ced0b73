import type { FrameField } from '../contract/frame-codec.js';

/*
 * The header of a batch frame: 88 bytes, big-endian. See docs/format.md#batch-frame.
 *
 *    0  u32  magic             4  u32  body bytes       8  u32  body checksum    12  u32  flags
 *   16  u32  count            20  u32  tombstones      24  u64  base offset
 *   32  u32  last - base      36  u32  epoch           40  u64  min timestamp    48  u64  max timestamp
 *   56  u64  append time      64  u64  stable up to    72  u64  producer sequence
 *   80  u32  producer epoch   84  u32  checksum of bytes 0 to 83
 */
export const HEADER_BYTES = 88;

/** 0xf5 never occurs in UTF-8, so that text is passed quickly when a frame is looked for. */
export const MAGIC: Uint8Array = Uint8Array.of(0xf5, 0x53, 0x4c, 0x42);
export const MAGIC_U32 = 0xf5534c42;

export const AT = {
  bodyBytes: 4,
  bodyChecksum: 8,
  flags: 12,
  count: 16,
  tombstones: 20,
  baseOffset: 24,
  lastOffsetDelta: 32,
  epoch: 36,
  minTimestamp: 40,
  maxTimestamp: 48,
  appendTime: 56,
  stableUpTo: 64,
  producerSequence: 72,
  producerEpoch: 80,
  headerChecksum: 84,
} as const;

const PLACES = [['magic', 0], ...Object.entries(AT)] as const;

/** The header's fields, by the names that the table above gives them. */
export const FIELDS: readonly FrameField[] = PLACES.map(([name, position], i) => ({
  name,
  position,
  bytes: (PLACES[i + 1]?.[1] ?? HEADER_BYTES) - position,
}));

/** Columns of the body that are there only when needed. Bits 4 and up are reserved: compression, control, transactions. */
export const FLAG = {
  /** Each record states its distance from the record before it. */
  sparseOffsets: 1,
  /** Each record states its distance from the lowest timestamp. */
  timestamps: 2,
  /** Each record states its headers. */
  headers: 4,
  /** The body starts with the producer's id. */
  producer: 8,
} as const;

export const UNKNOWN_FLAGS: number = ~(FLAG.sparseOffsets | FLAG.timestamps | FLAG.headers | FLAG.producer);

/** A record takes at least a byte for its key and one for its value. */
export const MIN_RECORD_BYTES = 2;

/** Frames end at `maxFrameBytes` long before this. */
export const MAX_RECORDS = 0x7fff_ffff;
export const MAX_PRODUCER_ID_BYTES = 128;
