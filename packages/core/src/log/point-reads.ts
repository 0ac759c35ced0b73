import type { Checksum } from '../contract/checksum.js';
import type { FrameCursor, SegmentCodec } from '../contract/frame-codec.js';
import type { StoredRecord } from '../contract/record.js';
import type { BufferPool } from '../segment/buffer-pool.js';
import type { Segment } from '../segment/segment.js';
import type { SegmentSet } from '../segment/segment-set.js';
import type { Breath } from './breath.js';
import type { CachedFrame } from './cached-frame.js';
import { CopySlab } from './copy-slab.js';
import type { FrameCache } from './frame-cache.js';
import { type FrameRange, FrameTable } from './frame-table.js';
import type { LogWalk } from './log-walk.js';
import type { CopyBounds } from './record-copier.js';

/** Reads of so few records look for a frame that is at hand. */
export const POINT_RECORDS = 64;

export interface PointReadsContext {
  readonly cache: FrameCache | undefined;
  readonly buffers: BufferPool;
  /** Guards the parts of frames in memory; absent where nothing is verified. */
  readonly checksum: Checksum | undefined;
  readonly breath: Breath;
}

/** Records of one frame, from a number on. */
interface Found {
  readonly segment: Segment;
  readonly frame: CachedFrame;
  readonly first: number;
  readonly bounds: CopyBounds;
}

/**
 * Reads of a few records that lie in one frame which was verified before: from memory, or the part of the file that holds
 * them, verified by itself.
 */
export class PointReads {
  readonly #context: PointReadsContext;
  readonly #slab = new CopySlab();
  readonly #decoders = new WeakMap<SegmentCodec, FrameCursor>();

  public constructor(context: PointReadsContext) {
    this.#context = context;
  }

  public read(set: SegmentSet, bounds: CopyBounds): Copies | Promise<Copies> {
    const found = this.#find(set, bounds);
    if (found === undefined) return undefined;
    const { source } = found.frame;
    return source === undefined ? this.#readFile(set, found) : this.#copied(found, source, 0);
  }

  /** Keeps what a walk has verified for the next time, if it was missed before. The walk waits for the pause that may be due. */
  public remember(walk: LogWalk): void {
    const { cache, checksum, breath } = this.#context;
    if (cache === undefined) return;
    const { header, file, scan } = walk;
    const { framePosition, position, source } = scan;
    let frame = cache.find(file, header.baseOffset);
    if (frame === undefined) {
      if (!cache.wants(file, position, header)) return;
      const { codec } = walk;
      const decoder = this.#decoderOf(codec);
      const place = { framePosition, position, checksum, codec, decoder };
      const table = FrameTable.of(walk.cursor(), header, place);
      if (table !== undefined) frame = cache.add(file, table);
      void breath.after(header.frameBytes);
    }
    if (frame === undefined || !cache.wantsSource(frame)) return;
    cache.fill(frame, source.slice(framePosition, framePosition + header.frameBytes));
    // Memory that was never touched costs more than the copy.
    void breath.after(2 * header.frameBytes);
  }

  #decoderOf(codec: SegmentCodec): FrameCursor {
    let decoder = this.#decoders.get(codec);
    if (decoder === undefined) {
      decoder = codec.createCursor();
      this.#decoders.set(codec, decoder);
    }
    return decoder;
  }

  #find(set: SegmentSet, bounds: CopyBounds): Found | undefined {
    const { from, maxRecords } = bounds;
    const { cache } = this.#context;
    if (cache === undefined || maxRecords > POINT_RECORDS) return undefined;
    const segment = set.segments[set.floor(from)];
    const frame = segment === undefined ? undefined : cache.find(segment.file, from);
    if (segment === undefined || frame === undefined) return undefined;
    const first = frame.table.find(from);
    return first + maxRecords > frame.table.count ? undefined : { segment, frame, first, bounds };
  }

  #readFile(set: SegmentSet, found: Found): Copies | Promise<Copies> {
    const { segment, frame, first, bounds } = found;
    const { cache, buffers } = this.#context;
    // Its whole is worth a place in memory: the walk that follows brings it there.
    if (frame.worn && cache?.wantsSource(frame) === true) return undefined;
    const open = segment.use();
    if (open instanceof Promise) return undefined;
    const range = frame.table.rangeOf(first, bounds);
    const bytes = range.end - range.start;
    frame.readBytes += bytes;
    const lent = buffers.acquire();
    const target = lent.length < bytes ? new Uint8Array(bytes) : lent.subarray(0, bytes);
    const chunk = open.reader.read(frame.table.position + range.start, target);
    if (!(chunk instanceof Uint8Array)) return this.#readLater(set, { found, range, chunk, lent });
    const records = this.#checked(found, chunk, range);
    buffers.release(lent);
    return records;
  }

  /** What is left out of the log meanwhile stays readable as long as its set is pinned. */
  async #readLater(
    set: SegmentSet,
    read: {
      readonly found: Found;
      readonly range: FrameRange;
      readonly chunk: Promise<Uint8Array>;
      readonly lent: Uint8Array;
    },
  ): Promise<Copies> {
    set.pin();
    try {
      return this.#checked(read.found, await read.chunk, read.range);
    } finally {
      this.#context.buffers.release(read.lent);
      set.unpin();
    }
  }

  /** The walk that follows says what is damaged, and where. */
  #checked(found: Found, chunk: Uint8Array, range: FrameRange): Copies {
    if (found.frame.table.verify(chunk, range)) return this.#copied(found, chunk, range.start);
    this.#context.cache?.drop(found.frame);
    return undefined;
  }

  /** Copies that the caller owns; `start` is where in the frame `source` begins. */
  #copied({ frame, first, bounds }: Found, source: Uint8Array, start: number): Copies {
    const copies = frame.table.copy(first, bounds, { source, start, slab: this.#slab });
    frame.table.forget();
    return copies;
  }
}

/** Undefined where the ordinary way is the right one. */
type Copies = readonly StoredRecord[] | undefined;
