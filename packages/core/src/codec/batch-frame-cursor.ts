import type { FrameCursor, FrameHeader, RecordPlace } from '../contract/frame-codec.js';
import { NO_HEADERS, type RecordHeader } from '../contract/record.js';
import { viewOf } from '../view-of.js';
import { producerEnd } from './batch-frame-header.js';
import { FLAG, HEADER_BYTES, UNKNOWN_FLAGS } from './batch-frame-layout.js';
import { readUtf8 } from './utf8.js';

const MAX_VARINT_BYTES = 8;
const NO_BYTES: Uint8Array = new Uint8Array(0);

/** Walks the body of a batch frame. Whatever the bytes say, it never leaves the frame: a body that does not decode exactly ends it. */
export class BatchFrameCursor implements FrameCursor {
  public offset = 0;
  public timestampMs = 0;
  public source: Uint8Array = NO_BYTES;
  public keyPosition = 0;
  public keyBytes = -1;
  public valuePosition = 0;
  public valueBytes = -1;
  public recordPosition = 0;
  public recordEnd = 0;
  public malformed = false;

  #flags = 0;
  /** Records still to come. */
  #left = 0;
  #count = 0;
  #nullsLeft = 0;
  /** Starts at the first record: nothing of the frame is passed over. */
  #whole = true;
  #end = 0;
  #lastOffset = 0;
  #minTimestampMs = 0;
  #maxTimestampMs = 0;
  /** Where the headers' count stands; meaningless without the flag. */
  #headersPosition = 0;
  /** Position after the number that was read last. */
  #at = 0;

  public load(source: Uint8Array, position: number, header: FrameHeader): void {
    const body = header.hasProducer ? producerEnd(source, position, header) : position + HEADER_BYTES;
    this.#begin(source, body, header);
    this.#end = position + header.frameBytes;
    this.malformed = body < 0 || this.#end > source.length || (header.flags & UNKNOWN_FLAGS) !== 0;
    this.#whole = true;
    this.#left = this.malformed ? 0 : header.count;
    this.offset = offsetBefore(header);
  }

  public resume(source: Uint8Array, position: number, header: FrameHeader, before: RecordPlace): void {
    this.#begin(source, position, header);
    this.#end = source.length;
    this.malformed = before.number >= header.count || (header.flags & UNKNOWN_FLAGS) !== 0;
    this.#whole = false;
    this.#left = this.malformed ? 0 : header.count - before.number;
    this.offset = before.number === 0 ? offsetBefore(header) : before.offset;
  }

  public next(): boolean {
    if (this.#left === 0) return false;
    if (this.#readRecord()) return true;
    this.malformed = true;
    this.#left = 0;
    this.#forget();
    return false;
  }

  public get key(): Uint8Array | null {
    return this.#view(this.keyPosition, this.keyBytes);
  }

  public get value(): Uint8Array | null {
    return this.#view(this.valuePosition, this.valueBytes);
  }

  public get headers(): readonly RecordHeader[] {
    if ((this.#flags & FLAG.headers) === 0) return NO_HEADERS;
    let left = this.#number(this.#headersPosition);
    const headers: RecordHeader[] = [];
    for (; left > 0; left--) {
      const nameBytes = this.#number(this.#at);
      const nameEnd = this.#at + nameBytes;
      const name = readUtf8(this.source, this.#at, nameEnd);
      const valueBytes = this.#number(nameEnd);
      headers.push({ name, value: viewOf(this.source, this.#at, valueBytes) });
      this.#at += valueBytes;
    }
    return headers;
  }

  #begin(source: Uint8Array, body: number, header: FrameHeader): void {
    this.source = source;
    this.#forget();
    this.#flags = header.flags;
    this.#count = header.count;
    this.#nullsLeft = header.tombstones;
    this.#lastOffset = header.lastOffset;
    this.#minTimestampMs = header.minTimestampMs;
    this.#maxTimestampMs = header.maxTimestampMs;
    this.timestampMs = header.minTimestampMs;
    this.#at = body;
    this.recordEnd = body;
  }

  /** Leaves a record whose key, value and headers are null and none. */
  #forget(): void {
    this.#flags = 0;
    this.keyBytes = -1;
    this.valueBytes = -1;
  }

  #readRecord(): boolean {
    this.recordPosition = this.recordEnd;
    this.#at = this.recordEnd;
    if (!this.#readOffset() || !this.#readTimestamp()) return false;
    this.keyBytes = this.#number(this.#at) - 1;
    this.keyPosition = this.#at;
    this.valueBytes = this.#number(this.keyPosition + Math.max(this.keyBytes, 0)) - 1;
    this.valuePosition = this.#at;
    if (this.keyBytes < -1 || this.valueBytes < -1) return false;
    if (this.valueBytes < 0 && --this.#nullsLeft < 0) return false;
    this.recordEnd = this.valuePosition + Math.max(this.valueBytes, 0);
    if (this.recordEnd > this.#end || ((this.#flags & FLAG.headers) !== 0 && !this.#skipHeaders()))
      return false;
    return --this.#left > 0 || this.#endsExactly();
  }

  #readOffset(): boolean {
    if ((this.#flags & FLAG.sparseOffsets) === 0) {
      this.offset++;
      return true;
    }
    const delta = this.#number(this.#at);
    this.offset += delta;
    const first = this.#left === this.#count;
    return delta >= 0 && (delta === 0) === first && this.offset <= this.#lastOffset;
  }

  #readTimestamp(): boolean {
    if ((this.#flags & FLAG.timestamps) === 0) return true;
    const delta = this.#number(this.#at);
    this.timestampMs = this.#minTimestampMs + delta;
    return delta >= 0 && this.timestampMs <= this.#maxTimestampMs;
  }

  /** Moves the record's end behind its headers. */
  #skipHeaders(): boolean {
    this.#headersPosition = this.recordEnd;
    let left = this.#number(this.recordEnd);
    for (; left > 0; left--) {
      if (!this.#skipBytes() || !this.#skipBytes()) return false;
    }
    this.recordEnd = this.#at;
    return left === 0;
  }

  #skipBytes(): boolean {
    const bytes = this.#number(this.#at);
    this.#at += bytes;
    return bytes >= 0 && this.#at <= this.#end;
  }

  #endsExactly(): boolean {
    if (this.#whole && this.#nullsLeft > 0) return false;
    return this.recordEnd === this.#end && this.offset === this.#lastOffset;
  }

  /** The number at `at`, -1 when there is none; `#at` is then behind it. */
  #number(at: number): number {
    if (at < this.#end) {
      const byte = this.source[at] as number;
      if (byte < 0x80) {
        this.#at = at + 1;
        return byte;
      }
    }
    return this.#longNumber(at);
  }

  /** Numbers have one form: no zero byte at their end, and nothing beyond 2^53 - 1. */
  #longNumber(start: number): number {
    const end = Math.min(this.#end, start + MAX_VARINT_BYTES);
    let value = 0;
    let scale = 1;
    for (let at = start; at < end; at++) {
      const byte = this.source[at] as number;
      value += (byte & 0x7f) * scale;
      scale *= 128;
      if (byte >= 0x80) continue;
      this.#at = at + 1;
      return byte === 0 || value > Number.MAX_SAFE_INTEGER ? -1 : value;
    }
    return -1;
  }

  #view(position: number, bytes: number): Uint8Array | null {
    return bytes < 0 ? null : viewOf(this.source, position, bytes);
  }
}

/** What the first record's offset is counted from. */
function offsetBefore({ baseOffset, flags }: FrameHeader): number {
  return (flags & FLAG.sparseOffsets) === 0 ? baseOffset - 1 : baseOffset;
}
