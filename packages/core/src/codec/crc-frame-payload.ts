import type { RecordHeader } from '../contract/record.js';
import { viewOf } from '../view-of.js';
import { CBOR, CborReader } from './cbor-head.js';
import { HEADER_ITEMS, PAYLOAD_ITEMS } from './crc-frame-writer.js';
import { readUtf8 } from './utf8.js';

/** The one record of a plain frame as it lies in its source: numbers and places, nothing copied. Reused. */
export class CrcFramePayload {
  public offset = 0;
  public epoch = 0;
  public timestampMs = 0;
  public appendTimeMs = 0;
  public keyPosition = 0;
  public keyBytes = -1;
  public valuePosition = 0;
  public valueBytes = -1;

  readonly #reader = new CborReader();
  #headersPosition = 0;
  #end = 0;

  /** False when `source[position, end)` is not exactly one record as this codec writes it. */
  public read(source: Uint8Array, position: number, end: number): boolean {
    const reader = this.#reader;
    reader.start(source, position, end);
    this.#end = end;
    return (
      reader.head(CBOR.array) === PAYLOAD_ITEMS &&
      this.#readFacts() &&
      this.#readBytes() &&
      this.#passHeaders()
    );
  }

  /** Headers of a payload that `read` accepted; views of `source`. */
  public headersOf(source: Uint8Array): readonly RecordHeader[] {
    const reader = this.#reader;
    reader.start(source, this.#headersPosition, this.#end);
    const headers: RecordHeader[] = [];
    for (let left = reader.head(CBOR.array); left > 0; left--) {
      reader.head(CBOR.array);
      const nameBytes = reader.string(CBOR.text);
      const name = readUtf8(source, reader.at - nameBytes, reader.at);
      const valueBytes = reader.string(CBOR.bytes);
      headers.push({ name, value: viewOf(source, reader.at - valueBytes, valueBytes) });
    }
    return headers;
  }

  #readFacts(): boolean {
    this.offset = this.#reader.head(CBOR.uint);
    this.epoch = this.#reader.head(CBOR.uint);
    this.timestampMs = this.#reader.head(CBOR.uint);
    this.appendTimeMs = this.#reader.head(CBOR.uint);
    return (
      this.offset >= 0 &&
      this.epoch >= 0 &&
      this.epoch <= 0xffff_ffff &&
      this.timestampMs >= 0 &&
      this.appendTimeMs >= 0
    );
  }

  #readBytes(): boolean {
    const reader = this.#reader;
    const keyIsNull = reader.isNull();
    this.keyBytes = keyIsNull ? -1 : reader.string(CBOR.bytes);
    this.keyPosition = reader.at - Math.max(this.keyBytes, 0);
    const valueIsNull = reader.isNull();
    this.valueBytes = valueIsNull ? -1 : reader.string(CBOR.bytes);
    this.valuePosition = reader.at - Math.max(this.valueBytes, 0);
    return (keyIsNull || this.keyBytes >= 0) && (valueIsNull || this.valueBytes >= 0);
  }

  #passHeaders(): boolean {
    const reader = this.#reader;
    this.#headersPosition = reader.at;
    let left = reader.head(CBOR.array);
    for (; left > 0; left--) {
      if (reader.head(CBOR.array) !== HEADER_ITEMS) return false;
      if (reader.string(CBOR.text) < 0 || reader.string(CBOR.bytes) < 0) return false;
    }
    return left === 0 && reader.ended;
  }
}
