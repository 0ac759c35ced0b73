import type { FrameCursor, FrameHeader } from '../contract/frame-codec.js';
import { NO_HEADERS, type RecordHeader } from '../contract/record.js';
import { viewOf } from '../view-of.js';
import { CrcFramePayload } from './crc-frame-payload.js';

const NO_BYTES: Uint8Array = new Uint8Array(0);

/** Walks a plain frame: one record, or none when the payload is not what `peek` saw. */
export class CrcFrameCursor implements FrameCursor {
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

  readonly #headerBytes: number;
  readonly #payload = new CrcFramePayload();
  #waiting = false;
  #hasRecord = false;

  public constructor(headerBytes: number) {
    this.#headerBytes = headerBytes;
  }

  public load(source: Uint8Array, position: number, header: FrameHeader): void {
    this.#forget();
    this.source = source;
    this.recordPosition = position + this.#headerBytes;
    this.recordEnd = position + header.frameBytes;
    const whole =
      this.recordEnd <= source.length && this.#payload.read(source, this.recordPosition, this.recordEnd);
    this.malformed = !whole || this.#payload.offset !== header.baseOffset;
    this.#waiting = !this.malformed;
  }

  public next(): boolean {
    if (!this.#waiting) return false;
    this.#waiting = false;
    this.#hasRecord = true;
    this.offset = this.#payload.offset;
    this.timestampMs = this.#payload.timestampMs;
    this.keyPosition = this.#payload.keyPosition;
    this.keyBytes = this.#payload.keyBytes;
    this.valuePosition = this.#payload.valuePosition;
    this.valueBytes = this.#payload.valueBytes;
    return true;
  }

  public get key(): Uint8Array | null {
    return this.keyBytes < 0 ? null : viewOf(this.source, this.keyPosition, this.keyBytes);
  }

  public get value(): Uint8Array | null {
    return this.valueBytes < 0 ? null : viewOf(this.source, this.valuePosition, this.valueBytes);
  }

  public get headers(): readonly RecordHeader[] {
    return this.#hasRecord ? this.#payload.headersOf(this.source) : NO_HEADERS;
  }

  #forget(): void {
    this.#hasRecord = false;
    this.keyBytes = -1;
    this.valueBytes = -1;
  }
}
