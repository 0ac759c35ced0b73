import type { Checksum } from '../contract/checksum.js';
import { type FrameCursor, FrameHeader } from '../contract/frame-codec.js';
import type { StoredRecord } from '../contract/record.js';
import { nullableView } from '../view-of.js';
import type { CopySlab } from './copy-slab.js';
import type { FreeCursors } from './free-cursors.js';
import { type CopyBounds, copiedHeaders, payloadOf } from './record-copier.js';

/** Whole records are checked together until they are so long: a checksum of less costs its call rather than its bytes. */
const PART_BYTES = 2048;
/** It is noted where every so manieth record starts: those before the one that is asked for are decoded. */
const RESTARTS = [
  { every: 4, belowBytes: 64 },
  { every: 2, belowBytes: 256 },
] as const;
/** What so many records as are read at once take beside their payload, about. */
const OVERHEAD_BYTES = 1024;
/** Beyond every position in a frame. */
const NOWHERE = 0x7fff_ffff;
/** Of the objects themselves, about. */
const OWN_BYTES = 512;

/** What a table is made of. */
export interface TableSource {
  /** Where the frame starts in the cursor's source. */
  readonly framePosition: number;
  /** Where it starts in its segment. */
  readonly position: number;
  /** Guards the parts; absent where nobody asks. */
  readonly checksum: Checksum | undefined;
  /** Of the segment's codec. */
  readonly cursors: FreeCursors;
}

/** Verified bytes of a frame: whole parts that begin at `start` of it. */
export interface FrameParts {
  readonly source: Uint8Array;
  readonly start: number;
}

/** Bytes of a frame, from its start: `[start, end)`. */
export interface FrameRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Where the records of a verified frame lie, roughly, and a checksum for each part of it, so that a record can be read without
 * the rest of its frame and is still verified. A part is one long record, or some short ones; the whole frame where its codec
 * reads frames from their start only.
 */
export class FrameTable {
  public readonly baseOffset: number;
  public readonly lastOffset: number;
  public readonly count: number;
  public readonly frameBytes: number;
  /** Where the frame starts in its segment. */
  public readonly position: number;
  /** Those that can be given to the table. */
  public readonly cursors: FreeCursors;
  readonly #header: FrameHeader;
  readonly #checksum: Checksum | undefined;
  /** Of each record, where some are left out. */
  readonly #offsets: Float64Array | undefined;
  /** Where every so manieth record starts; none where frames are read from their start. */
  readonly #restarts: Uint32Array;
  readonly #every: number;
  /** Number of the first record of each part, where the part starts, its checksum; closed by where the last one ends. */
  #parts = new Uint32Array(0);

  private constructor(
    header: FrameHeader,
    { position, checksum, cursors, inParts }: TableSource & { readonly inParts: boolean },
  ) {
    this.baseOffset = header.baseOffset;
    this.lastOffset = header.lastOffset;
    this.count = header.count;
    this.frameBytes = header.frameBytes;
    this.position = position;
    this.#header = Object.assign(new FrameHeader(), header);
    this.cursors = cursors;
    this.#checksum = checksum;
    this.#offsets = isSparse(header) ? new Float64Array(header.count) : undefined;
    this.#every = restartsOf(header);
    this.#restarts = new Uint32Array(inParts ? Math.ceil(header.count / this.#every) : 0);
  }

  /** Memory that the table of such a frame takes at most, about. */
  public static bytesFor(header: FrameHeader): number {
    const { count, frameBytes } = header;
    const numbers = isSparse(header) ? 8 * count : 0;
    const restarts = Math.ceil(count / restartsOf(header)) * 4;
    return OWN_BYTES + numbers + restarts + Math.min(count, Math.ceil(frameBytes / PART_BYTES)) * 12;
  }

  /**
   * The table of the verified frame that the cursor stands in, before its first record. Undefined when the body does not
   * decode: then the ordinary way is the right one.
   */
  public static of(cursor: FrameCursor, header: FrameHeader, source: TableSource): FrameTable | undefined {
    const inParts = cursor.resume !== undefined;
    const table = new FrameTable(header, { ...source, inParts });
    const parts: number[] = [];
    let start = source.framePosition;
    let end = start + header.frameBytes;
    let number = 0;
    if (!inParts) parts.push(0, 0);
    for (; cursor.next(); number++) {
      table.#note(number, cursor, source.framePosition);
      if (!inParts) continue;
      if (number === 0 || end - start >= PART_BYTES) {
        if (number > 0) parts.push(table.#sum(cursor.source, start, end));
        start = cursor.recordPosition;
        parts.push(number, start - source.framePosition);
      }
      end = cursor.recordEnd;
    }
    if (cursor.malformed || number !== header.count) return undefined;
    parts.push(table.#sum(cursor.source, start, end), number, end - source.framePosition);
    table.#parts = Uint32Array.from(parts);
    return table;
  }

  /** Memory that it holds, about. */
  public get bytes(): number {
    return OWN_BYTES + (this.#offsets?.byteLength ?? 0) + this.#restarts.byteLength + this.#parts.byteLength;
  }

  /** Number of the first record at or above `offset`; `count` if there is none. */
  public find(offset: number): number {
    const offsets = this.#offsets;
    if (offsets === undefined) return Math.max(0, offset - this.baseOffset);
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((offsets[middle] ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The whole parts that hold the records from this number on that are within the bounds: all of them, but for odd ones. */
  public rangeOf(first: number, { maxRecords, maxBytes }: ReadBounds): FrameRange {
    let last = first + maxRecords - 1;
    const furthest = this.#startBefore(first) + maxBytes + OVERHEAD_BYTES;
    while (last > first && this.#startBefore(last) > furthest) last -= this.#every;
    return {
      start: this.#parts[this.#partOf(first) + 1] as number,
      end: this.#parts[this.#partOf(Math.max(first, last)) + 4] as number,
    };
  }

  /** Whether the parts in `source`, which holds a range of whole ones, are as they were when the frame was verified. */
  public verify(source: Uint8Array, { start, end }: FrameRange): boolean {
    if (source.length !== end - start) return false;
    if (this.#checksum === undefined) return true;
    for (let part = this.#partAt(start); ; part += 3) {
      const from = this.#parts[part + 1] as number;
      if (from >= end) return true;
      const sum = this.#sum(source, from - start, (this.#parts[part + 4] as number) - start);
      if (sum !== this.#parts[part + 2]) return false;
    }
  }

  /**
   * Records of their own from this number on, within the bounds and one at least, copied from verified bytes of the frame.
   * Undefined when these end before the bounds are met, or do not decode.
   */
  public copy(
    cursor: FrameCursor,
    { parts, slab }: { readonly parts: FrameParts; readonly slab: CopySlab },
    { first, bounds }: { readonly first: number; readonly bounds: ReadBounds },
  ): readonly StoredRecord[] | undefined {
    const { maxRecords, maxBytes } = bounds;
    const records: StoredRecord[] = [];
    let bytes = 0;
    for (let there = this.seek(cursor, first, parts); there; there = cursor.next()) {
      bytes += payloadOf(cursor);
      if (records.length > 0 && bytes > maxBytes) return records;
      records.push(copied(cursor, slab));
      if (records.length === maxRecords) return records;
      if (cursor.recordEnd >= parts.source.length) return undefined;
    }
    return undefined;
  }

  /** Moves a cursor to the record of this number, which these parts hold; false if they do not decode. */
  public seek(cursor: FrameCursor, first: number, parts: FrameParts): boolean {
    let number = this.#enter(cursor, first, parts);
    for (; cursor.next(); number++) if (number === first) return true;
    return false;
  }

  /** Lets the cursor stand before a record at or before `first`, and answers its number. */
  #enter(cursor: FrameCursor, first: number, { source, start }: FrameParts): number {
    const header = this.#header;
    if (cursor.resume === undefined) {
      cursor.load(source, 0, header);
      return 0;
    }
    let number = first - (first % this.#every);
    let position = this.#startBefore(first);
    if (position < start) {
      const part = this.#partOf(first);
      number = this.#parts[part] as number;
      position = this.#parts[part + 1] as number;
    }
    cursor.resume(source, position - start, header, { number, offset: this.#offsetBefore(number) });
    return number;
  }

  /** Where a record a little before this one starts, or this one. */
  #startBefore(number: number): number {
    return this.#restarts[Math.floor(number / this.#every)] ?? 0;
  }

  #offsetBefore(number: number): number {
    return this.#offsets?.[number - 1] ?? this.baseOffset + number - 1;
  }

  #sum(source: Uint8Array, start: number, end: number): number {
    return this.#checksum?.of(source, start, end, 0) ?? 0;
  }

  #partOf(number: number): number {
    return this.#search(0, number);
  }

  #partAt(position: number): number {
    return this.#search(1, position);
  }

  /** The last part whose number in this column is at or below `value`. */
  #search(column: number, value: number): number {
    const parts = this.#parts;
    let low = 0;
    let high = Math.floor(parts.length / 3) - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((parts[middle * 3 + column] as number) <= value) low = middle;
      else high = middle - 1;
    }
    return low * 3;
  }

  #note(number: number, cursor: FrameCursor, position: number): void {
    if (this.#offsets !== undefined) this.#offsets[number] = cursor.offset;
    if (number % this.#every === 0) this.#restarts[number / this.#every] = cursor.recordPosition - position;
  }
}

type ReadBounds = Pick<CopyBounds, 'maxRecords' | 'maxBytes'>;

/** The shorter the records, the more of them share a noted place: tables stay a small part of their frames. */
function restartsOf({ frameBytes, count }: FrameHeader): number {
  return RESTARTS.find(({ belowBytes }) => frameBytes < belowBytes * count)?.every ?? 1;
}

function isSparse({ lastOffset, baseOffset, count }: FrameHeader): boolean {
  return lastOffset - baseOffset !== count - 1;
}

/** A record of its own. A null takes no part in what is copied. */
function copied(cursor: FrameCursor, slab: CopySlab): StoredRecord {
  const { keyPosition, keyBytes, valuePosition, valueBytes } = cursor;
  const from = Math.min(startOf(keyPosition, keyBytes), startOf(valuePosition, valueBytes));
  const to = Math.max(endOf(keyPosition, keyBytes), endOf(valuePosition, valueBytes));
  const moved = from < to ? slab.copy(cursor.source, from, to) - from : 0;
  const { buffer } = slab;
  return {
    offset: cursor.offset,
    timestampMs: cursor.timestampMs,
    key: nullableView(buffer, moved + keyPosition, keyBytes),
    value: nullableView(buffer, moved + valuePosition, valueBytes),
    headers: copiedHeaders(cursor.headers),
  };
}

function startOf(position: number, bytes: number): number {
  return bytes < 0 ? NOWHERE : position;
}

function endOf(position: number, bytes: number): number {
  return bytes < 0 ? 0 : position + bytes;
}
