import { SeglogError } from '../contract/error.js';
import type { FrameCursor, FrameHeader, SegmentCodec } from '../contract/frame-codec.js';
import type { BufferPool } from '../segment/buffer-pool.js';
import { FrameScan } from '../segment/frame-scan.js';
import type { OpenSegment, Segment } from '../segment/segment.js';
import { damaged, isDamage } from '../segment/segment-open.js';
import { lookBeyond } from './life-beyond.js';
import type { OffsetRange } from './manifest.js';

export interface WalkContext {
  readonly buffers: BufferPool;
  readonly verify: boolean;
  /** Passes over damage and notes what is lost, instead of rejecting. */
  readonly lenient: boolean;
  onDamage(file: string, position: number, offset: number): void;
}

export interface WalkRange {
  /** Pinned by the caller for the life of the walk. */
  readonly segments: readonly Segment[];
  /** The first segment to look into. */
  readonly first: number;
  /** Frames that end below are passed over. */
  readonly from: number;
  /** The walk ends before the first frame that starts at or beyond. */
  readonly to: number;
  /** Only frames with a record at or above; the time index finds the place to start. */
  readonly minTimestampMs?: number;
  /** Bytes of the first read: small for a look-up, large for a scan. */
  readonly firstReadBytes: number;
}

/**
 * Walks the verified frames of a range of offsets, across segments. `next` answers without a promise while the bytes are
 * at hand, so a long walk costs a promise per chunk, not per frame.
 */
export class LogWalk {
  readonly #context: WalkContext;
  readonly #range: WalkRange;
  readonly #scratch: Uint8Array;
  /** Offsets that damage took away, found on the way. */
  public readonly lost: OffsetRange[] = [];
  #number: number;
  #open: OpenSegment | undefined;
  #scan: FrameScan | undefined;
  #endPosition = 0;
  #cursor: FrameCursor | undefined;
  #atFrame = false;
  #nextOffset: number;
  /** Offset that a frame of this segment starts at or beyond; below 0 before the first frame, where nothing is known. */
  #expected = -1;
  /** No offset of this segment was ever left out. */
  #dense = false;

  public constructor(context: WalkContext, range: WalkRange) {
    this.#context = context;
    this.#range = range;
    this.#scratch = context.buffers.acquire();
    this.#number = range.first;
    this.#nextOffset = range.from;
  }

  /** Moves to the next frame; false at the end. Rejects with `CORRUPT_SEGMENT` where a frame does not verify. */
  public next(): boolean | Promise<boolean> {
    if (this.#atFrame) {
      this.#atFrame = false;
      this.#scanned.advance();
    }
    return this.#step();
  }

  /** A cursor before the first record of the current frame; lent until `next`. */
  public cursor(): FrameCursor {
    this.#cursor ??= this.codec.createCursor();
    this.#cursor.load(this.#scanned.source, this.#scanned.framePosition, this.header);
    return this.#cursor;
  }

  public get header(): FrameHeader {
    return this.#scanned.header;
  }

  public get source(): Uint8Array {
    return this.#scanned.source;
  }

  /** Name of the segment's file. */
  public get file(): string {
    return this.#segment.file;
  }

  public get scan(): FrameScan {
    return this.#scanned;
  }

  public get codec(): SegmentCodec {
    if (this.#open === undefined) throw new SeglogError('LOG_CLOSED', 'the walk is over');
    return this.#open.codec;
  }

  /** The error for a frame whose body is not what its header says. */
  public malformed(): SeglogError {
    return damaged(
      'a frame does not decode',
      this.#segment.facts,
      this.#scanned.position,
      this.header.baseOffset,
    );
  }

  /** Gives the buffer back. The walk is over. */
  public close(): void {
    this.#context.buffers.release(this.#scratch);
  }

  get #scanned(): FrameScan {
    if (this.#scan === undefined) throw new SeglogError('LOG_CLOSED', 'the walk is over');
    return this.#scan;
  }

  get #segment(): Segment {
    const segment = this.#range.segments[this.#number];
    if (segment === undefined) throw new SeglogError('LOG_CLOSED', 'the walk is over');
    return segment;
  }

  #step(): boolean | Promise<boolean> {
    for (;;) {
      const scan = this.#scan;
      if (scan === undefined) return this.#number < this.#range.segments.length ? this.#enter() : false;
      const status = scan.look();
      if (typeof status !== 'string') return this.#stepLater(status);
      const verdict = this.#judge(status);
      if (verdict === 'damage') return this.#meetDamage();
      if (verdict !== 'go on') return verdict;
    }
  }

  async #stepLater(look: Promise<string>): Promise<boolean> {
    const verdict = this.#judge(await look);
    if (verdict === 'damage') return this.#meetDamage();
    return verdict === 'go on' ? this.#step() : verdict;
  }

  #judge(status: string): boolean | 'go on' | 'damage' {
    const scan = this.#scanned;
    if (status !== 'frame') {
      if (scan.position < this.#endPosition) return 'damage';
      this.#leave();
      return 'go on';
    }
    const { header } = scan;
    if (this.#misplaced(header)) return 'damage';
    if (header.baseOffset >= this.#range.to) return false;
    if (header.lastOffset < this.#range.from || this.#tooEarly(header)) {
      this.#expected = header.lastOffset + 1;
      scan.advance();
      return 'go on';
    }
    if (this.#context.verify && !this.codec.verify(scan.source, scan.framePosition, header)) return 'damage';
    this.#nextOffset = header.lastOffset + 1;
    this.#expected = this.#nextOffset;
    this.#atFrame = true;
    return true;
  }

  /** A good frame in the place of another one: a write that went astray. */
  #misplaced({ baseOffset }: FrameHeader): boolean {
    if (this.#expected < 0) return false;
    return this.#dense ? baseOffset !== this.#expected : baseOffset < this.#expected;
  }

  #tooEarly(header: FrameHeader): boolean {
    const { minTimestampMs } = this.#range;
    return minTimestampMs !== undefined && header.maxTimestampMs < minTimestampMs;
  }

  #leave(): void {
    this.#scan = undefined;
    this.#open = undefined;
    this.#cursor = undefined;
    this.#number++;
  }

  #enter(): boolean | Promise<boolean> {
    const segment = this.#segment;
    if (segment.baseOffset >= this.#range.to) return false;
    const { minTimestampMs } = this.#range;
    if (minTimestampMs !== undefined && segment.maxTimestampMs < minTimestampMs) {
      this.#number++;
      return this.#step();
    }
    const open = segment.use();
    if (open instanceof Promise) return this.#enterLater(segment, open);
    const position = this.#floor(open, segment);
    if (typeof position !== 'number') return this.#enterLater(segment, open, position);
    this.#start(segment, open, position);
    return this.#step();
  }

  async #enterLater(
    segment: Segment,
    opening: OpenSegment | Promise<OpenSegment>,
    position?: Promise<number>,
  ): Promise<boolean> {
    let open: OpenSegment;
    try {
      open = await opening;
    } catch (cause) {
      if (!this.#context.lenient || !isDamage(cause)) throw cause;
      this.#lose(segment.nextOffset);
      this.#number++;
      return this.#step();
    }
    this.#start(segment, open, await (position ?? this.#floor(open, segment)));
    return this.#step();
  }

  #floor(open: OpenSegment, segment: Segment): number | Promise<number> {
    const { minTimestampMs, from } = this.#range;
    if (minTimestampMs !== undefined) return open.index.floorByTime(minTimestampMs);
    if (segment.baseOffset >= from) return segment.firstPosition;
    return segment.recent(from) ?? open.index.floor(from);
  }

  #start(segment: Segment, open: OpenSegment, position: number): void {
    this.#open = open;
    this.#endPosition = segment.endPosition;
    this.#expected = position === segment.firstPosition ? segment.baseOffset : -1;
    this.#dense = segment.recordCount === segment.nextOffset - segment.baseOffset;
    this.#scan = new FrameScan(open.reader, open.codec, {
      position: Math.min(position, this.#endPosition),
      endPosition: this.#endPosition,
      maxFrameBytes: open.maxFrameBytes,
      scratch: this.#scratch,
      firstReadBytes: this.#range.firstReadBytes,
    });
  }

  async #meetDamage(): Promise<boolean> {
    const segment = this.#segment;
    const { position } = this.#scanned;
    const offset = Math.max(this.#nextOffset, segment.baseOffset);
    this.#context.onDamage(segment.file, position, offset);
    if (!this.#context.lenient) throw damaged('a frame is damaged', segment.facts, position, offset);
    const found = await this.#findLife(position);
    if (found !== undefined) {
      this.#lose(found.baseOffset);
      this.#expected = found.baseOffset;
      this.#scanned.moveTo(found.position);
    } else {
      this.#lose(Math.min(segment.nextOffset, this.#range.to));
      this.#leave();
    }
    return this.#step();
  }

  async #findLife(position: number): Promise<{ position: number; baseOffset: number } | undefined> {
    if (this.#open === undefined) return undefined;
    const { frames } = await lookBeyond({
      reader: this.#open.reader,
      codec: this.#open.codec,
      position,
      sizeBytes: this.#endPosition,
      nextOffset: Math.max(this.#expected, this.#segment.baseOffset),
      minEpoch: 0,
      maxFrameBytes: this.#open.maxFrameBytes,
      scratch: new Uint8Array(64 * 1024),
    });
    return frames[0];
  }

  #lose(to: number): void {
    if (to > this.#nextOffset) this.lost.push({ from: this.#nextOffset, to });
    this.#nextOffset = Math.max(this.#nextOffset, to);
  }
}
