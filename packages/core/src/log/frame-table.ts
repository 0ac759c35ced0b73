import type { Checksum } from '../contract/checksum.js';
import type { FrameCursor, FrameHeader } from '../contract/frame-codec.js';
import { NO_HEADERS, type StoredRecord } from '../contract/record.js';
import { nullableView } from '../view-of.js';
import type { CopySlab } from './copy-slab.js';

/** Where key and value of each record lie: position and length of each, -1 for null. */
const STRIDE = 4;
/** Beyond every position in a frame. */
const NOWHERE = 0x7fff_ffff;
/** Whole records are checked together until they are so long: a checksum of less costs its call rather than its bytes. */
const PART_BYTES = 2048;
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
}

/** Bytes of a frame, from its start: `[start, end)`. */
export interface FrameRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Where the records of a verified frame lie, and a checksum for each part of it, so that a record can be read without the
 * rest of its frame and is still verified. A part is one long record, or some short ones.
 */
export class FrameTable {
  public readonly baseOffset: number;
  public readonly lastOffset: number;
  public readonly count: number;
  public readonly frameBytes: number;
  /** Where the frame starts in its segment. */
  public readonly position: number;
  readonly #checksum: Checksum | undefined;
  readonly #offsets: Float64Array | undefined;
  readonly #timestampMs: number;
  readonly #timestamps: Float64Array | undefined;
  readonly #spans: Int32Array;
  /** Number of the first record of each part, where the part starts, its checksum; closed by where the last one ends. */
  #parts = new Uint32Array(0);

  private constructor(header: FrameHeader, { position, checksum }: TableSource) {
    const { count, baseOffset, lastOffset } = header;
    this.baseOffset = baseOffset;
    this.lastOffset = lastOffset;
    this.count = count;
    this.frameBytes = header.frameBytes;
    this.position = position;
    this.#checksum = checksum;
    this.#offsets = lastOffset - baseOffset === count - 1 ? undefined : new Float64Array(count);
    this.#timestampMs = header.minTimestampMs;
    this.#timestamps = header.minTimestampMs === header.maxTimestampMs ? undefined : new Float64Array(count);
    this.#spans = new Int32Array(count * STRIDE);
  }

  /** Memory that the table of such a frame takes at most, about. */
  public static bytesFor({ count, frameBytes }: FrameHeader): number {
    return OWN_BYTES + count * (16 + 4 * STRIDE) + Math.min(count, Math.ceil(frameBytes / PART_BYTES)) * 12;
  }

  /**
   * The table of the verified frame that the cursor stands in, before its first record. Undefined when a record has headers,
   * or the body does not decode: then the ordinary way is the right one.
   */
  public static of(cursor: FrameCursor, header: FrameHeader, source: TableSource): FrameTable | undefined {
    const table = new FrameTable(header, source);
    const parts: number[] = [];
    let start = 0;
    let end = 0;
    let number = 0;
    for (; cursor.next(); number++) {
      if (cursor.headers.length > 0) return undefined;
      if (number === 0 || end - start >= PART_BYTES) {
        if (number > 0) parts.push(table.#sum(cursor.source, start, end));
        start = cursor.recordPosition;
        parts.push(number, start - source.framePosition);
      }
      end = cursor.recordEnd;
      table.#note(number, cursor, source.framePosition);
    }
    if (cursor.malformed || number !== header.count) return undefined;
    parts.push(table.#sum(cursor.source, start, end), number, end - source.framePosition);
    table.#parts = Uint32Array.from(parts);
    return table;
  }

  /** Memory that it holds, about. */
  public get bytes(): number {
    const numbers = (this.#offsets?.byteLength ?? 0) + (this.#timestamps?.byteLength ?? 0);
    return OWN_BYTES + numbers + this.#spans.byteLength + this.#parts.byteLength;
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

  /** Payload of a record in bytes. */
  public payloadBytes(number: number): number {
    const at = number * STRIDE;
    return Math.max(0, this.#spans[at + 1] ?? 0) + Math.max(0, this.#spans[at + 3] ?? 0);
  }

  /** A record of its own, copied from bytes of the frame that begin at `start` of it. */
  public record(number: number, source: Uint8Array, start: number, slab: CopySlab): StoredRecord {
    const at = number * STRIDE;
    const keyStart = this.#spans[at] as number;
    const keyBytes = this.#spans[at + 1] as number;
    const valueStart = this.#spans[at + 2] as number;
    const valueBytes = this.#spans[at + 3] as number;
    const from = Math.min(startOf(keyStart, keyBytes), startOf(valueStart, valueBytes));
    const to = Math.max(endOf(keyStart, keyBytes), endOf(valueStart, valueBytes));
    const moved = from < to ? slab.copy(source, from - start, to - start) - from : 0;
    const { buffer } = slab;
    return {
      offset: this.#offsets === undefined ? this.baseOffset + number : (this.#offsets[number] as number),
      timestampMs: this.#timestamps === undefined ? this.#timestampMs : (this.#timestamps[number] as number),
      key: nullableView(buffer, moved + keyStart, keyBytes),
      value: nullableView(buffer, moved + valueStart, valueBytes),
      headers: NO_HEADERS,
    };
  }

  /** The whole parts that hold these records. */
  public rangeOf(first: number, last: number): FrameRange {
    return {
      start: this.#parts[this.#partOf(first) + 1] as number,
      end: this.#parts[this.#partOf(last) + 4] as number,
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
    const at = number * STRIDE;
    if (this.#offsets !== undefined) this.#offsets[number] = cursor.offset;
    if (this.#timestamps !== undefined) this.#timestamps[number] = cursor.timestampMs;
    this.#spans[at] = cursor.keyPosition - position;
    this.#spans[at + 1] = cursor.keyBytes;
    this.#spans[at + 2] = cursor.valuePosition - position;
    this.#spans[at + 3] = cursor.valueBytes;
  }
}

/** A null takes no part in what is copied. */
function startOf(start: number, bytes: number): number {
  return bytes < 0 ? NOWHERE : start;
}

function endOf(start: number, bytes: number): number {
  return bytes < 0 ? 0 : start + bytes;
}
