import type { FrameCursor, FrameHeader } from '../contract/frame-codec.js';
import { NO_HEADERS, type StoredRecord } from '../contract/record.js';
import { nullableView } from '../view-of.js';
import type { CopySlab } from './copy-slab.js';

/** Where key and value of each record lie: position and length of each, -1 for null. */
const STRIDE = 4;
/** Beyond every position in a frame. */
const NOWHERE = 0x7fff_ffff;

/** A verified frame in memory with a table of its records: reading one of them decodes nothing. */
export class CachedFrame {
  public readonly baseOffset: number;
  public readonly lastOffset: number;
  public readonly count: number;
  /** Memory that it holds, about. */
  public readonly bytes: number;
  /** It was used since the cache last looked for room. */
  public recent = false;
  readonly #source: Uint8Array;
  readonly #offsets: Float64Array | undefined;
  readonly #timestamps: Float64Array;
  readonly #spans: Int32Array;

  private constructor(header: FrameHeader, source: Uint8Array) {
    const { count, baseOffset, lastOffset } = header;
    this.baseOffset = baseOffset;
    this.lastOffset = lastOffset;
    this.count = count;
    this.#source = source;
    this.#offsets = lastOffset - baseOffset === count - 1 ? undefined : new Float64Array(count);
    this.#timestamps = new Float64Array(count);
    this.#spans = new Int32Array(count * STRIDE);
    this.bytes = source.length + count * (16 + 8 * STRIDE);
  }

  /**
   * Copies the frame at `position` of the cursor's source; the cursor stands before its first record. Undefined when a record
   * has headers, or the body does not decode: then the ordinary way is the right one.
   */
  public static of(cursor: FrameCursor, header: FrameHeader, position: number): CachedFrame | undefined {
    const source = cursor.source.slice(position, position + header.frameBytes);
    const frame = new CachedFrame(header, source);
    let number = 0;
    for (; cursor.next(); number++) {
      if (cursor.headers.length > 0) return undefined;
      frame.#note(number, cursor, position);
    }
    return cursor.malformed || number !== header.count ? undefined : frame;
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

  /** A copy of a record that the caller owns. */
  public record(number: number, slab: CopySlab): StoredRecord {
    const at = number * STRIDE;
    const keyStart = this.#spans[at] as number;
    const keyBytes = this.#spans[at + 1] as number;
    const valueStart = this.#spans[at + 2] as number;
    const valueBytes = this.#spans[at + 3] as number;
    const start = Math.min(startOf(keyStart, keyBytes), startOf(valueStart, valueBytes));
    const end = Math.max(endOf(keyStart, keyBytes), endOf(valueStart, valueBytes));
    const moved = start < end ? slab.copy(this.#source, start, end) - start : 0;
    const { buffer } = slab;
    return {
      offset: this.#offsets === undefined ? this.baseOffset + number : (this.#offsets[number] as number),
      timestampMs: this.#timestamps[number] as number,
      key: nullableView(buffer, moved + keyStart, keyBytes),
      value: nullableView(buffer, moved + valueStart, valueBytes),
      headers: NO_HEADERS,
    };
  }

  /** Payload of a record in bytes. */
  public payloadBytes(number: number): number {
    const at = number * STRIDE;
    return Math.max(0, this.#spans[at + 1] ?? 0) + Math.max(0, this.#spans[at + 3] ?? 0);
  }

  #note(number: number, cursor: FrameCursor, position: number): void {
    const at = number * STRIDE;
    if (this.#offsets !== undefined) this.#offsets[number] = cursor.offset;
    this.#timestamps[number] = cursor.timestampMs;
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
