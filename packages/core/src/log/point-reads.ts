import type { Checksum } from '../contract/checksum.js';
import type { FrameCursor, RecordCursor, SegmentCodec } from '../contract/frame-codec.js';
import type { StoredRecord } from '../contract/record.js';
import type { BufferPool } from '../segment/buffer-pool.js';
import type { Segment } from '../segment/segment.js';
import type { SegmentSet } from '../segment/segment-set.js';
import type { Breath } from './breath.js';
import type { CachedFrame } from './cached-frame.js';
import type { FrameCache } from './frame-cache.js';
import { type FrameParts, type FrameRange, FrameTable } from './frame-table.js';
import { FreeCursors } from './free-cursors.js';
import type { LogWalk } from './log-walk.js';
import type { OffsetRange } from './manifest.js';
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
  readonly cache: FrameCache;
  readonly segment: Segment;
  readonly frame: CachedFrame;
  readonly first: number;
  readonly bounds: CopyBounds;
}

/** What is done with a cursor that stands nowhere yet, and the parts of the frame that hold what was asked for. */
type Use<T> = (found: Found, cursor: FrameCursor, parts: FrameParts) => T | undefined;

/**
 * Reads of a few records that lie in one frame which was verified before: from memory, or the part of the file that holds
 * them, verified by itself. Undefined where the ordinary way is the right one.
 */
export class PointReads {
  readonly #context: PointReadsContext;
  readonly #cursors = new WeakMap<SegmentCodec, FreeCursors>();

  public constructor(context: PointReadsContext) {
    this.#context = context;
  }

  /** Copies that the caller owns. */
  public read(set: SegmentSet, bounds: CopyBounds): Answer<readonly StoredRecord[]> {
    const found = this.#find(set, bounds);
    return found === undefined ? undefined : this.#use(set, found, copies);
  }

  /** Lends the first record at or after `from` to the visitor, before it returns or when the file has answered. */
  public lend(
    set: SegmentSet,
    { from, to }: OffsetRange,
    visit: (cursor: RecordCursor) => void,
  ): Answer<true> {
    const found = this.#find(set, { from, to, maxRecords: 1, maxBytes: 0 });
    if (found === undefined) return undefined;
    return this.#use(set, found, ({ frame, first }, cursor, parts) => {
      if (!frame.table.seek(cursor, first, parts) || cursor.offset >= to) return undefined;
      visit(cursor);
      return true;
    });
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
      const cursors = this.#cursorsOf(walk.codec);
      const table = FrameTable.of(walk.cursor(), header, { framePosition, position, checksum, cursors });
      if (table !== undefined) frame = cache.add(file, table);
      void breath.after(header.frameBytes);
    }
    if (frame === undefined || !cache.wantsSource(frame)) return;
    cache.fill(frame, source.slice(framePosition, framePosition + header.frameBytes));
    // Memory that was never touched costs more than the copy.
    void breath.after(2 * header.frameBytes);
  }

  #cursorsOf(codec: SegmentCodec): FreeCursors {
    let cursors = this.#cursors.get(codec);
    if (cursors === undefined) {
      cursors = new FreeCursors(codec);
      this.#cursors.set(codec, cursors);
    }
    return cursors;
  }

  #find(set: SegmentSet, bounds: CopyBounds): Found | undefined {
    const { from, maxRecords } = bounds;
    const { cache } = this.#context;
    if (cache === undefined || maxRecords > POINT_RECORDS) return undefined;
    const segment = set.segments[set.floor(from)];
    const frame = segment === undefined ? undefined : cache.find(segment.file, from);
    if (segment === undefined || frame === undefined) return undefined;
    const first = frame.table.find(from);
    return first + maxRecords > frame.table.count ? undefined : { cache, segment, frame, first, bounds };
  }

  #use<T>(set: SegmentSet, found: Found, use: Use<T>): Answer<T> {
    const { source } = found.frame;
    return source === undefined
      ? this.#readFile(set, found, use)
      : this.#carryOut(found, use, { source, start: 0 });
  }

  #readFile<T>(set: SegmentSet, found: Found, use: Use<T>): Answer<T> {
    const { cache, segment, frame, first, bounds } = found;
    const { buffers } = this.#context;
    // Its whole is worth a place in memory: the walk that follows brings it there.
    if (frame.worn && cache.wantsSource(frame)) return undefined;
    const open = segment.use();
    if (open instanceof Promise) return undefined;
    const range = frame.table.rangeOf(first, bounds);
    const bytes = range.end - range.start;
    frame.readBytes += bytes;
    const lent = buffers.acquire();
    const target = lent.length < bytes ? new Uint8Array(bytes) : lent.subarray(0, bytes);
    const chunk = open.reader.read(frame.table.position + range.start, target);
    if (!(chunk instanceof Uint8Array)) return this.#readLater(set, { found, range, chunk, lent }, use);
    try {
      return this.#checked(found, { chunk, range }, use);
    } finally {
      buffers.release(lent);
    }
  }

  /** What is left out of the log meanwhile stays readable as long as its set is pinned. */
  async #readLater<T>(
    set: SegmentSet,
    read: {
      readonly found: Found;
      readonly range: FrameRange;
      readonly chunk: Promise<Uint8Array>;
      readonly lent: Uint8Array;
    },
    use: Use<T>,
  ): Promise<T | undefined> {
    set.pin();
    try {
      return this.#checked(read.found, { chunk: await read.chunk, range: read.range }, use);
    } finally {
      this.#context.buffers.release(read.lent);
      set.unpin();
    }
  }

  /** The walk that follows says what is damaged, and where. */
  #checked<T>(
    found: Found,
    { chunk, range }: { readonly chunk: Uint8Array; readonly range: FrameRange },
    use: Use<T>,
  ): T | undefined {
    const { table } = found.frame;
    if (table.verify(chunk, range)) return this.#carryOut(found, use, { source: chunk, start: range.start });
    found.cache.drop(found.frame);
    return undefined;
  }

  #carryOut<T>(found: Found, use: Use<T>, parts: FrameParts): T | undefined {
    const { cursors } = found.frame.table;
    const cursor = cursors.take();
    try {
      return use(found, cursor, parts);
    } finally {
      cursors.giveBack(cursor);
    }
  }
}

const copies: Use<readonly StoredRecord[]> = (found, cursor, parts) =>
  found.frame.table.copy(cursor, { parts, slab: found.cache.slab }, found);

/** Undefined where the ordinary way is the right one. */
type Answer<T> = T | undefined | Promise<T | undefined>;
