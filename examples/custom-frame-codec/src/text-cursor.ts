import type { FrameCursor, FrameHeader, RecordHeader } from 'seglog';
import { HEADER_BYTES, TextFrame } from './text-frame.js';

/** Walks a text frame: one record, or none where the bytes are not what the header said. */
export class TextCursor implements FrameCursor {
  public source: Uint8Array = new Uint8Array(0);
  public recordPosition = 0;
  public recordEnd = 0;
  public malformed = false;
  readonly #frame = new TextFrame();
  #state: 'before' | 'on' | 'after' = 'after';

  public load(source: Uint8Array, position: number, header: FrameHeader): void {
    this.source = source;
    this.recordPosition = position + HEADER_BYTES;
    this.recordEnd = position + header.frameBytes;
    const whole = this.recordEnd <= source.length && this.#frame.read(source, position, this.recordEnd);
    this.malformed = !whole || this.#frame.offset !== header.baseOffset;
    this.#state = this.malformed ? 'after' : 'before';
  }

  public next(): boolean {
    this.#state = this.#state === 'before' ? 'on' : 'after';
    return this.#state === 'on';
  }

  public get offset(): number {
    return this.#frame.offset;
  }

  public get timestampMs(): number {
    return this.#frame.timestampMs;
  }

  public get keyPosition(): number {
    return this.#frame.keyPosition;
  }

  public get keyBytes(): number {
    return this.#frame.keyBytes;
  }

  public get valuePosition(): number {
    return this.#frame.valuePosition;
  }

  public get valueBytes(): number {
    return this.#frame.valueBytes;
  }

  public get key(): Uint8Array | null {
    return this.#view(this.keyPosition, this.keyBytes);
  }

  public get value(): Uint8Array | null {
    return this.#view(this.valuePosition, this.valueBytes);
  }

  public get headers(): readonly RecordHeader[] {
    return this.#frame.headersOf(this.source);
  }

  #view(position: number, bytes: number): Uint8Array | null {
    return bytes < 0 ? null : this.source.subarray(position, position + bytes);
  }
}
