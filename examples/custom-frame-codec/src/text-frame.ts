import type { RecordBatch, RecordHeader, RecordInput } from 'seglog';
import { readDecimal, writeDecimal } from './columns.js';

/**
 *     checksum length   offset           epoch      time             appended         key      value    headers
 *     0d9a4e31 00000131 0000000000000000 0000000001 0978307200000000 1700000000000000 00000005 00000021 00000
 *     hall1{"celsius":21.4}
 *
 * A line of columns, then key, value and headers as they are, then a newline. Each header is the lengths of its name and
 * its value, five and eight digits with a space behind each, and then both. Dashes are the length of what is null.
 */
export const AT = {
  length: 9,
  offset: 18,
  epoch: 35,
  time: 46,
  appended: 63,
  key: 80,
  value: 89,
  headers: 98,
};
export const HEADER_BYTES = 104;
/** Eight digits of length. */
export const MAX_TEXT_FRAME_BYTES = 99_999_999;

const SPACE = 0x20;
const DASH = 0x2d;
const NEWLINE = 0x0a;
const HEADER_LENGTHS = 15;
const utf8 = new TextEncoder();
const text = new TextDecoder('utf-8', { ignoreBOM: true });

export function textFrameBytes({ key, value, headers = [] }: RecordInput): number {
  let bytes = HEADER_BYTES + (key?.length ?? 0) + (value?.length ?? 0) + 1;
  for (const header of headers)
    bytes += HEADER_LENGTHS + Buffer.byteLength(header.name) + header.value.length;
  return bytes;
}

/** Writes everything but the checksum. */
export function writeTextFrame(
  batch: RecordBatch,
  record: RecordInput,
  target: Uint8Array,
  position: number,
): void {
  const { key = null, value, headers = [] } = record;
  target.fill(SPACE, position, position + HEADER_BYTES - 1);
  writeDecimal(target, position + AT.length, 8, textFrameBytes(record));
  writeDecimal(target, position + AT.offset, 16, batch.baseOffset);
  writeDecimal(target, position + AT.epoch, 10, batch.epoch);
  writeDecimal(target, position + AT.time, 16, batch.minTimestampMs);
  writeDecimal(target, position + AT.appended, 16, batch.appendTimeMs);
  writeLength(target, position + AT.key, key);
  writeLength(target, position + AT.value, value);
  writeDecimal(target, position + AT.headers, 5, headers.length);
  target[position + HEADER_BYTES - 1] = NEWLINE;
  let at = position + HEADER_BYTES;
  at = writeBytes(target, at, key);
  at = writeBytes(target, at, value);
  for (const header of headers) at = writeHeader(target, at, header);
  target[at] = NEWLINE;
}

function writeLength(target: Uint8Array, position: number, bytes: Uint8Array | null): void {
  if (bytes === null) target.fill(DASH, position, position + 8);
  else writeDecimal(target, position, 8, bytes.length);
}

function writeBytes(target: Uint8Array, position: number, bytes: Uint8Array | null): number {
  if (bytes === null) return position;
  target.set(bytes, position);
  return position + bytes.length;
}

function writeHeader(target: Uint8Array, position: number, { name, value }: RecordHeader): number {
  const at = position + HEADER_LENGTHS;
  const { written } = utf8.encodeInto(name, target.subarray(at));
  target.fill(SPACE, position, at);
  writeDecimal(target, position, 5, written);
  writeDecimal(target, position + 6, 8, value.length);
  return writeBytes(target, at + written, value);
}

/** The record of a text frame as it lies in its source: numbers and places, nothing copied. Reused. */
export class TextFrame {
  public offset = 0;
  public epoch = 0;
  public timestampMs = 0;
  public appendTimeMs = 0;
  public keyPosition = 0;
  public keyBytes = -1;
  public valuePosition = 0;
  public valueBytes = -1;
  #headers = 0;
  #headersPosition = 0;

  /** False unless `source[position, end)` is one text frame; its checksum is not looked at. */
  public read(source: Uint8Array, position: number, end: number): boolean {
    this.offset = readDecimal(source, position + AT.offset, 16);
    this.epoch = readDecimal(source, position + AT.epoch, 10);
    this.timestampMs = readDecimal(source, position + AT.time, 16);
    this.appendTimeMs = readDecimal(source, position + AT.appended, 16);
    const keyIsNull = source[position + AT.key] === DASH;
    const valueIsNull = source[position + AT.value] === DASH;
    this.keyBytes = keyIsNull ? -1 : readDecimal(source, position + AT.key, 8);
    this.valueBytes = valueIsNull ? -1 : readDecimal(source, position + AT.value, 8);
    this.#headers = readDecimal(source, position + AT.headers, 5);
    this.keyPosition = position + HEADER_BYTES;
    this.valuePosition = this.keyPosition + Math.max(this.keyBytes, 0);
    this.#headersPosition = this.valuePosition + Math.max(this.valueBytes, 0);
    const numbers = Math.min(this.offset, this.epoch, this.timestampMs, this.appendTimeMs, this.#headers);
    if (numbers < 0 || this.epoch >= 2 ** 32) return false;
    if ((this.keyBytes < 0 && !keyIsNull) || (this.valueBytes < 0 && !valueIsNull)) return false;
    return this.#passHeaders(source, end);
  }

  /** Headers of a frame that `read` accepted; views of `source`. */
  public headersOf(source: Uint8Array): readonly RecordHeader[] {
    const headers: RecordHeader[] = [];
    let at = this.#headersPosition;
    for (let nth = 0; nth < this.#headers; nth += 1) {
      const nameEnd = at + HEADER_LENGTHS + readDecimal(source, at, 5);
      const end = nameEnd + readDecimal(source, at + 6, 8);
      const name = text.decode(source.subarray(at + HEADER_LENGTHS, nameEnd));
      headers.push({ name, value: source.subarray(nameEnd, end) });
      at = end;
    }
    return headers;
  }

  /** Nothing beyond `end` is looked at, whatever the lengths say. */
  #passHeaders(source: Uint8Array, end: number): boolean {
    let at = this.#headersPosition;
    for (let nth = 0; nth < this.#headers; nth += 1) {
      if (at + HEADER_LENGTHS > end) return false;
      const nameBytes = readDecimal(source, at, 5);
      const valueBytes = readDecimal(source, at + 6, 8);
      if (nameBytes < 0 || valueBytes < 0) return false;
      at += HEADER_LENGTHS + nameBytes + valueBytes;
    }
    return at + 1 === end && source[at] === NEWLINE;
  }
}
