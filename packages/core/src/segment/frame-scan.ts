import { FrameHeader, type FrameStatus, type SegmentCodec } from '../contract/frame-codec.js';
import type { SegmentReader } from '../contract/segment-reader.js';

export interface FrameScanOptions {
  /** Where to start: the position of a frame. */
  readonly position: number;
  /** Nothing at or beyond is looked at. */
  readonly endPosition: number;
  readonly maxFrameBytes: number;
  /** Lent for the life of the scan. */
  readonly scratch: Uint8Array;
  /** Bytes of the first read; every further one doubles it, up to the scratch. Default: the whole scratch. */
  readonly firstReadBytes?: number;
}

/**
 * Walks the frames of one segment, one chunk of bytes at a time. After `next()` has answered `frame`, the frame lies whole
 * in `source` at `framePosition`, until the next call. It verifies no body: that is the walker's choice.
 *
 * Answers without a promise while the chunk holds the frame or the reader answers at once, so that a scan costs a
 * promise per chunk at most.
 */
export class FrameScan {
  public readonly header: FrameHeader = new FrameHeader();
  readonly #reader: SegmentReader;
  readonly #codec: SegmentCodec;
  readonly #maxFrameBytes: number;
  #scratch: Uint8Array;
  #readBytes: number;
  #endPosition: number;
  #chunk: Uint8Array = new Uint8Array(0);
  #chunkStart: number;
  #position: number;

  public constructor(reader: SegmentReader, codec: SegmentCodec, options: FrameScanOptions) {
    this.#reader = reader;
    this.#codec = codec;
    this.#scratch = options.scratch;
    this.#readBytes = Math.min(options.firstReadBytes ?? options.scratch.length, options.scratch.length);
    this.#maxFrameBytes = options.maxFrameBytes;
    this.#endPosition = options.endPosition;
    this.#position = options.position;
    this.#chunkStart = options.position;
  }

  /** The bytes that hold the current frame; lent until the next call. */
  public get source(): Uint8Array {
    return this.#chunk;
  }

  /** Where the current frame starts in `source`. */
  public get framePosition(): number {
    return this.#position - this.#chunkStart;
  }

  /** Where the current frame starts in the segment. */
  public get position(): number {
    return this.#position;
  }

  /** Looks at the current position: see {@link FrameStatus}. Does not move. */
  public look(): FrameStatus | Promise<FrameStatus> {
    const local = this.#position - this.#chunkStart;
    if (local <= this.#chunk.length) {
      const status = this.#codec.peek(this.#chunk, local, this.#chunk.length, this.header);
      if (status === 'frame' || this.#knowsEnough(status, local)) return status;
    }
    return this.#load(this.#wanted(local));
  }

  /** Steps over the frame that `look` found. */
  public advance(): void {
    this.#position += this.header.frameBytes;
  }

  /** Goes on at another position. */
  public moveTo(position: number): void {
    this.#position = position;
  }

  /** The chunk reaches the end, or shows as much as the codec can ask for. */
  #knowsEnough(status: FrameStatus, local: number): boolean {
    const end = this.#chunkStart + this.#chunk.length;
    if (end >= this.#endPosition) return true;
    if (status === 'partial') return false;
    return this.#chunk.length - local >= this.#codec.headerBytes;
  }

  /** A proven length is loaded at once; an unproven one is approached by doubling, so that no number is trusted. */
  #wanted(local: number): number {
    const have = Math.max(0, this.#chunk.length - local);
    if (this.header.frameBytes > have) return this.header.frameBytes;
    return Math.max(this.#readBytes, Math.min(have * 2, this.#maxFrameBytes));
  }

  #load(bytes: number): FrameStatus | Promise<FrameStatus> {
    const left = Math.max(0, this.#endPosition - this.#position);
    const wanted = Math.min(Math.max(bytes, this.#readBytes), left);
    this.#readBytes = Math.min(this.#readBytes * 2, Math.max(this.#readBytes, this.#scratch.length));
    if (wanted > this.#scratch.length) this.#scratch = new Uint8Array(wanted);
    const chunk = this.#reader.read(this.#position, this.#scratch.subarray(0, wanted));
    return chunk instanceof Uint8Array ? this.#loaded(chunk, wanted) : this.#loadedLater(chunk, wanted);
  }

  async #loadedLater(chunk: Uint8Array | Promise<Uint8Array>, wanted: number): Promise<FrameStatus> {
    return this.#loaded(await chunk, wanted);
  }

  #loaded(chunk: Uint8Array, wanted: number): FrameStatus | Promise<FrameStatus> {
    this.#chunk = chunk;
    this.#chunkStart = this.#position;
    if (chunk.length < wanted) this.#endPosition = this.#position + chunk.length;
    this.header.frameBytes = 0;
    const status = this.#codec.peek(chunk, 0, chunk.length, this.header);
    if (status === 'frame' || this.#knowsEnough(status, 0)) return status;
    if (chunk.length >= this.#maxFrameBytes) return 'corrupt';
    return this.#load(this.#wanted(0));
  }
}
