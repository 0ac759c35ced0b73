import type { FrameCursor, FrameHeader, RecordCursor } from '../contract/frame-codec.js';
import { NO_HEADERS, type RecordHeader, type StoredRecord } from '../contract/record.js';
import { nullableView } from '../view-of.js';

/** Numbers kept for each record of a frame until its bytes have been copied. */
const STRIDE = 6;

/** Collects copies of records, up to bounds: one copy of bytes for each frame, however many records it gives. */
export class RecordCopier {
  public readonly records: StoredRecord[] = [];
  public nextOffset: number;
  /** A bound was met: there may be more. */
  public full = false;
  readonly #bounds: CopyBounds;
  readonly #marks: number[] = [];
  readonly #headers: (readonly RecordHeader[])[] = [];
  #bytes = 0;

  public constructor(bounds: CopyBounds) {
    this.#bounds = bounds;
    this.nextOffset = bounds.from;
  }

  /** Takes what fits from a cursor that was loaded with a frame that ends at `end`. False when a bound is met. */
  public take(cursor: FrameCursor, { header, end }: LoadedFrame): boolean {
    const { from, to, maxRecords, maxBytes } = this.#bounds;
    const whole =
      header.baseOffset >= from &&
      header.lastOffset < to &&
      header.count <= maxRecords - this.records.length &&
      header.frameBytes <= maxBytes - this.#bytes;
    if (!whole) return this.#takePart(cursor);
    this.#takeAll(cursor, end);
    this.full = this.records.length === maxRecords || this.#bytes >= maxBytes;
    return !this.full;
  }

  /** All records of a frame need no look at the bounds, and nothing to be remembered until their bytes are copied. */
  #takeAll(cursor: FrameCursor, end: number): void {
    if (!cursor.next()) return;
    const start = cursor.recordPosition;
    const { buffer, byteOffset } = cursor.source.slice(start, end);
    const moved = byteOffset - start;
    const { records } = this;
    let bytes = 0;
    do {
      const { offset, keyBytes, valueBytes } = cursor;
      const headers = copiedHeaders(cursor.headers);
      records.push({
        offset,
        timestampMs: cursor.timestampMs,
        key: nullableView(buffer, moved + cursor.keyPosition, keyBytes),
        value: nullableView(buffer, moved + cursor.valuePosition, valueBytes),
        headers,
      });
      bytes += Math.max(0, keyBytes) + Math.max(0, valueBytes) + headerBytes(headers);
      this.nextOffset = offset + 1;
    } while (cursor.next());
    this.#bytes += bytes;
  }

  #takePart(cursor: FrameCursor): boolean {
    this.#marks.length = 0;
    this.#headers.length = 0;
    let start = -1;
    let end = 0;
    const { from, to, maxRecords, maxBytes } = this.#bounds;
    while (cursor.next()) {
      const { offset, keyBytes, valueBytes } = cursor;
      if (offset < from) continue;
      if (offset >= to) break;
      const taken = this.records.length + this.#headers.length;
      const { headers } = cursor;
      const bytes = Math.max(0, keyBytes) + Math.max(0, valueBytes) + headerBytes(headers);
      if (taken >= maxRecords || (taken > 0 && this.#bytes + bytes > maxBytes)) {
        this.full = true;
        break;
      }
      if (start < 0) start = cursor.recordPosition;
      end = cursor.recordEnd;
      this.#bytes += bytes;
      this.#marks.push(
        offset,
        cursor.timestampMs,
        cursor.keyPosition,
        keyBytes,
        cursor.valuePosition,
        valueBytes,
      );
      this.#headers.push(headers);
      this.nextOffset = offset + 1;
    }
    if (start >= 0) this.#copy(cursor.source, start, end);
    return !this.full;
  }

  #copy(source: Uint8Array, start: number, end: number): void {
    const { buffer, byteOffset } = source.slice(start, end);
    const moved = byteOffset - start;
    const marks = this.#marks;
    this.#headers.forEach((headers, i) => {
      const at = i * STRIDE;
      this.records.push({
        offset: numberAt(marks, at),
        timestampMs: numberAt(marks, at + 1),
        key: nullableView(buffer, moved + numberAt(marks, at + 2), numberAt(marks, at + 3)),
        value: nullableView(buffer, moved + numberAt(marks, at + 4), numberAt(marks, at + 5)),
        headers: copiedHeaders(headers),
      });
    });
  }
}

/** The frame that a cursor was loaded with, and where it ends in the cursor's source. */
export interface LoadedFrame {
  readonly header: FrameHeader;
  readonly end: number;
}

export interface CopyBounds {
  readonly from: number;
  readonly to: number;
  readonly maxRecords: number;
  readonly maxBytes: number;
}

/** Key, value and headers of the record that the cursor stands at, in bytes. */
export function payloadOf({ keyBytes, valueBytes, headers }: RecordCursor): number {
  return Math.max(0, keyBytes) + Math.max(0, valueBytes) + headerBytes(headers);
}

export function copiedHeaders(headers: readonly RecordHeader[]): readonly RecordHeader[] {
  return headers.length === 0
    ? NO_HEADERS
    : headers.map(({ name, value }) => ({ name, value: value.slice() }));
}

function headerBytes(headers: readonly RecordHeader[]): number {
  let bytes = 0;
  for (const { name, value } of headers) bytes += name.length + value.length;
  return bytes;
}

function numberAt(marks: readonly number[], index: number): number {
  return marks[index] ?? 0;
}
