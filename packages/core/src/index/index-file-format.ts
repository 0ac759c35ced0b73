import type { Checksum } from '../contract/checksum.js';
import type { SegmentFacts, SegmentName } from '../contract/segment-facts.js';
import { SparseIndex } from './sparse-index.js';

/** `SEGLOGIX` in ASCII. */
const MAGIC = Uint8Array.of(0x53, 0x45, 0x47, 0x4c, 0x4f, 0x47, 0x49, 0x58);
const FORMAT_VERSION = 1;
const HEADER_BYTES = 48;
const ENTRY_BYTES = 24;
const TRAILER_BYTES = 4;
const TWO_TO_32 = 2 ** 32;
const NO_TIMESTAMP_LOW = 0xffffffff;

/** What an index file says, once it is believed. */
export interface IndexFileContent {
  readonly entries: SparseIndex;
  readonly coveredUpTo: number;
}

/** Length of a file that holds `count` entries. */
export function indexFileBytes(count: number): number {
  return HEADER_BYTES + count * ENTRY_BYTES + TRAILER_BYTES;
}

/**
 * The whole file, the entries below `content.coveredUpTo` in it: see `docs/format.md#index-sidecar`.
 *
 *      0  magic            8   12  count        4   16  segment id     8   24  base offset     8
 *      8  version          2                        32  first position 8   40  covered up to   8
 *     10  checksum id      1   48  count entries of offset 8, position 8, highest timestamp before it 8
 *     11  zero             1   48 + 24 count  checksum of everything before it 4
 */
export function encodeIndexFile(
  segment: SegmentFacts,
  content: IndexFileContent,
  checksum: Checksum,
): Uint8Array {
  const { entries, coveredUpTo } = content;
  const count = entries.countBefore(coveredUpTo);
  const bytes = new Uint8Array(indexFileBytes(count));
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC, 0);
  view.setUint16(8, FORMAT_VERSION);
  view.setUint8(10, checksum.id);
  view.setUint32(12, count);
  view.setBigUint64(16, BigInt(`0x${segment.id}`));
  writeInteger(view, 24, segment.baseOffset);
  writeInteger(view, 32, segment.firstPosition);
  writeInteger(view, 40, coveredUpTo);
  for (let index = 0, position = HEADER_BYTES; index < count; index += 1, position += ENTRY_BYTES) {
    writeInteger(view, position, entries.offsets[index] as number);
    writeInteger(view, position + 8, entries.positions[index] as number);
    writeInteger(view, position + 16, entries.timestamps[index] as number);
  }
  view.setUint32(bytes.length - TRAILER_BYTES, checksum.of(bytes, 0, bytes.length - TRAILER_BYTES, 0));
  return bytes;
}

/**
 * Believes `bytes` only if everything in them is what this segment's index would say. Undefined otherwise: whatever
 * lies on the disk is an answer, never an error.
 */
export function decodeIndexFile(
  segment: SegmentFacts,
  bytes: Uint8Array,
  options: { readonly checksum: Checksum; readonly maxEntries: number },
): IndexFileContent | undefined {
  const { checksum, maxEntries } = options;
  if (bytes.length < indexFileBytes(0)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getUint32(12);
  if (count > maxEntries || bytes.length !== indexFileBytes(count)) return undefined;
  if (!isOurs(bytes, view, checksum) || !describes(view, segment)) return undefined;
  const coveredUpTo = readInteger(view, 40);
  if (!within(coveredUpTo, segment.firstPosition, segment.endPosition + 1)) return undefined;
  const entries = readEntries(view, count, segment, { coveredUpTo, maxEntries });
  return entries && { entries, coveredUpTo };
}

function isOurs(bytes: Uint8Array, view: DataView, checksum: Checksum): boolean {
  if (!MAGIC.every((byte, index) => bytes[index] === byte)) return false;
  if (view.getUint16(8) !== FORMAT_VERSION || view.getUint8(10) !== checksum.id) return false;
  if (view.getUint8(11) !== 0) return false;
  const end = bytes.length - TRAILER_BYTES;
  return view.getUint32(end) === checksum.of(bytes, 0, end, 0);
}

function describes(view: DataView, segment: SegmentName & { readonly firstPosition: number }): boolean {
  return (
    view.getBigUint64(16) === BigInt(`0x${segment.id}`) &&
    readInteger(view, 24) === segment.baseOffset &&
    readInteger(view, 32) === segment.firstPosition
  );
}

/** The checksum proves what was written; this proves that what was written makes sense for the segment as it is now. */
function readEntries(
  view: DataView,
  count: number,
  segment: SegmentFacts,
  limits: { readonly coveredUpTo: number; readonly maxEntries: number },
): SparseIndex | undefined {
  const entries = new SparseIndex(limits);
  for (let index = 0, start = HEADER_BYTES; index < count; index += 1, start += ENTRY_BYTES) {
    const offset = readInteger(view, start);
    const position = readInteger(view, start + 8);
    const maxTimestampMs = readInteger(view, start + 16);
    const entry = { offset, position, maxTimestampMs };
    if (!within(offset, segment.baseOffset, segment.nextOffset)) return undefined;
    if (!within(position, segment.firstPosition, limits.coveredUpTo)) return undefined;
    if (!entries.follows(entry)) return undefined;
    entries.append(entry);
  }
  return entries;
}

/** False for NaN, too. */
function within(value: number, first: number, end: number): boolean {
  return value >= first && value < end;
}

/** 64 bits, two's complement: -1 is the one negative number that is ever written. */
function writeInteger(view: DataView, position: number, value: number): void {
  view.setInt32(position, Math.floor(value / TWO_TO_32));
  view.setUint32(position + 4, value === -1 ? NO_TIMESTAMP_LOW : value % TWO_TO_32);
}

/** NaN for what is never written. */
function readInteger(view: DataView, position: number): number {
  const high = view.getInt32(position);
  const low = view.getUint32(position + 4);
  if (high === -1 && low === NO_TIMESTAMP_LOW) return -1;
  const value = high * TWO_TO_32 + low;
  return Number.isSafeInteger(value) && value >= 0 ? value : Number.NaN;
}
