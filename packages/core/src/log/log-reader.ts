import { SeglogError } from '../contract/error.js';
import type { FrameCursor, RecordCursor } from '../contract/frame-codec.js';
import type {
  Isolation,
  LogOffsets,
  ReadGap,
  ReadOptions,
  ReadResult,
  ScanOptions,
} from '../contract/partition-log.js';
import type { StoredRecord } from '../contract/record.js';
import type { Acknowledge } from '../contract/sync-policy.js';
import { requireOneOf, requireSafeInteger } from '../invariant.js';
import type { SegmentSet } from '../segment/segment-set.js';
import { gapsBetween } from './gaps.js';
import type { OffsetMarks } from './log-offsets.js';
import { LogWalk, type WalkContext } from './log-walk.js';
import type { OffsetRange } from './manifest.js';
import { RecordCopier } from './record-copier.js';

export interface LogReaderContext {
  readonly walk: WalkContext;
  readonly marks: OffsetMarks;
  readonly acknowledge: Acknowledge;
  set(): SegmentSet;
  /** Throws when the log was closed. */
  requireOpen(): void;
  /** Offsets that are known to be lost. */
  lost(): readonly OffsetRange[];
}

const LOOKUP_BYTES = 16 * 1024;
const SCAN_BYTES = 256 * 1024;
/** Frames of so many bytes are walked in one go: a few milliseconds. */
const BREATHE_BYTES = 4 * 1024 * 1024;

/** Reads, scans and looks up: every call works on the segments and marks as of its start. */
export class LogReader {
  readonly #context: LogReaderContext;

  public constructor(context: LogReaderContext) {
    this.#context = context;
  }

  /** Default isolation: what an acknowledged append means. */
  public isolation(asked: Isolation | undefined): Isolation {
    if (asked === undefined) return this.#context.acknowledge === 'synced' ? 'durable' : 'uncommitted';
    requireOneOf(asked, ['uncommitted', 'durable'], 'isolation');
    return asked;
  }

  public async read(from: number, options: ReadOptions = {}): Promise<ReadResult> {
    const { maxRecords = 1000, maxBytes = 1024 * 1024, signal } = options;
    requireSafeInteger(maxRecords, 'maxRecords', { min: 1 });
    requireSafeInteger(maxBytes, 'maxBytes');
    signal?.throwIfAborted();
    const to = this.#limit(from, options.isolation);
    if (from >= to) return { records: [], nextOffset: from, gaps: [] };
    const copier = new RecordCopier({ from, to, maxRecords, maxBytes });
    const lost = await this.#walk({ from, to, firstReadBytes: LOOKUP_BYTES, signal }, (walk) => {
      const cursor = walk.cursor();
      const more = copier.take(cursor);
      if (cursor.malformed) throw walk.malformed();
      return more;
    });
    const nextOffset = copier.full ? copier.nextOffset : to;
    return {
      records: copier.records,
      nextOffset,
      gaps: this.#gaps(from, copier.records, { nextOffset, lost }),
    };
  }

  public async scan(
    from: number,
    visit: (cursor: RecordCursor) => unknown,
    options: ScanOptions = {},
  ): Promise<number> {
    options.signal?.throwIfAborted();
    if (options.to !== undefined) requireSafeInteger(options.to, 'to');
    const end = this.#limit(from, options.isolation);
    const to = options.to === undefined ? end : Math.min(end, options.to);
    if (from >= to) return from;
    let stoppedAt: number | undefined;
    await this.#walk({ from, to, firstReadBytes: SCAN_BYTES, signal: options.signal }, (walk) => {
      const cursor = walk.cursor();
      stoppedAt = visitFrame(cursor, { from, to }, visit);
      if (cursor.malformed) throw walk.malformed();
      return stoppedAt === undefined;
    });
    return stoppedAt ?? to;
  }

  public async offsetForTimestamp(timestampMs: number, asked?: Isolation): Promise<number | undefined> {
    requireSafeInteger(timestampMs, 'timestampMs', { min: Number.MIN_SAFE_INTEGER });
    const { logStart } = this.#context.marks.now;
    const to = this.#limit(logStart, asked);
    let found: number | undefined;
    const range = { from: logStart, to, firstReadBytes: LOOKUP_BYTES, minTimestampMs: timestampMs };
    await this.#walk(range, (walk) => {
      const cursor = walk.cursor();
      while (cursor.next()) {
        if (cursor.timestampMs < timestampMs || cursor.offset < logStart) continue;
        found = cursor.offset;
        return false;
      }
      if (cursor.malformed) throw walk.malformed();
      return true;
    });
    return found;
  }

  /** Where visible records end; checks that `from` lies within the log. */
  #limit(from: number, asked: Isolation | undefined): number {
    requireSafeInteger(from, 'offset');
    this.#context.requireOpen();
    const { now } = this.#context.marks;
    if (from < now.logStart) throw outOfRange('trimmed', from, now);
    if (from > now.logEnd) throw outOfRange('future', from, now);
    return this.isolation(asked) === 'durable' ? now.durable : now.logEnd;
  }

  /** Visits verified frames until the visitor has enough. Returns what damage took away on the way. */
  async #walk(
    range: {
      readonly from: number;
      readonly to: number;
      readonly firstReadBytes: number;
      readonly minTimestampMs?: number;
      readonly signal?: AbortSignal | undefined;
    },
    visit: (walk: LogWalk) => boolean,
  ): Promise<readonly OffsetRange[]> {
    const set = this.#context.set().pin();
    const first = range.minTimestampMs === undefined ? set.floor(range.from) : 0;
    const walk = new LogWalk(this.#context.walk, { ...range, segments: set.segments, first });
    try {
      for (let walked = 0; ; ) {
        const moved = walk.next();
        if (!(typeof moved === 'boolean' ? moved : await moved)) break;
        if (!visit(walk)) break;
        range.signal?.throwIfAborted();
        walked += walk.header.frameBytes;
        if (walked < BREATHE_BYTES) continue;
        walked = 0;
        await breathe();
        range.signal?.throwIfAborted();
      }
      return walk.lost;
    } finally {
      walk.close();
      set.unpin();
    }
  }

  #gaps(
    from: number,
    records: readonly StoredRecord[],
    { nextOffset, lost }: { readonly nextOffset: number; readonly lost: readonly OffsetRange[] },
  ): readonly ReadGap[] {
    const gaps: ReadGap[] = [];
    const known = [...this.#context.lost(), ...lost];
    let expected = from;
    for (const { offset } of records) {
      if (offset > expected) gaps.push(...gapsBetween(expected, offset, known));
      expected = offset + 1;
    }
    if (nextOffset > expected) gaps.push(...gapsBetween(expected, nextOffset, known));
    return gaps;
  }
}

/** The offset to go on from when the visitor stopped; undefined when it wants more. */
function visitFrame(
  cursor: FrameCursor,
  { from, to }: { readonly from: number; readonly to: number },
  visit: (cursor: RecordCursor) => unknown,
): number | undefined {
  while (cursor.next()) {
    const { offset } = cursor;
    if (offset < from) continue;
    if (offset >= to) return to;
    if (visit(cursor) === false) return offset + 1;
  }
  return undefined;
}

/** A long scan whose bytes are all at hand must not keep the event loop from everybody else. */
function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function outOfRange(reason: 'trimmed' | 'future', offset: number, now: LogOffsets): SeglogError {
  const { logStart, logEnd } = now;
  const sentence = reason === 'trimmed' ? 'the records were deleted' : 'the log does not reach this far';
  return new SeglogError('OFFSET_OUT_OF_RANGE', sentence, { offset, reason, logStart, logEnd });
}
