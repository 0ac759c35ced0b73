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
import type { Breath } from './breath.js';
import { gapsBetween } from './gaps.js';
import type { OffsetMarks } from './log-offsets.js';
import { LogWalk, type WalkContext } from './log-walk.js';
import type { OffsetRange } from './manifest.js';
import { POINT_RECORDS, PointReads, type PointReadsContext } from './point-reads.js';
import { type CopyBounds, payloadOf, RecordCopier } from './record-copier.js';

export interface LogReaderContext {
  readonly walk: WalkContext;
  readonly marks: OffsetMarks;
  readonly acknowledge: Acknowledge;
  readonly points: PointReadsContext;
  readonly breath: Breath;
  set(): SegmentSet;
  /** Throws when the log was closed. */
  requireOpen(): void;
  /** Offsets that are known to be lost. */
  lost(): readonly OffsetRange[];
}

type Visit = (cursor: RecordCursor) => unknown;

/** What became of the first record of a scan. */
interface FirstLent {
  readonly stopped: boolean;
  /** Where to go on: where the scan began, if it was not lent. */
  readonly nextOffset: number;
}

/** In bytes of other work. */
const POINT_READ_COST = 2048;
const LOOKUP_BYTES = 8 * 1024;
const SCAN_BYTES = 256 * 1024;
const NO_GAPS: readonly ReadGap[] = Object.freeze([]);

/** Reads, scans and looks up: every call works on the segments and marks as of its start. */
export class LogReader {
  readonly #context: LogReaderContext;
  readonly #points: PointReads;

  public constructor(context: LogReaderContext) {
    this.#context = context;
    this.#points = new PointReads(context.points);
  }

  /** Default isolation: what an acknowledged append means. */
  public isolation(asked: Isolation | undefined): Isolation {
    if (asked === undefined) return this.#context.acknowledge === 'synced' ? 'durable' : 'uncommitted';
    requireOneOf(asked, ['uncommitted', 'durable'], 'isolation');
    return asked;
  }

  /** Answers without a promise what is at hand. */
  public read(from: number, options: ReadOptions = {}): ReadResult | Promise<ReadResult> {
    const { maxRecords = 1000, maxBytes = 1024 * 1024, signal } = options;
    requireSafeInteger(maxRecords, 'maxRecords', { min: 1 });
    requireSafeInteger(maxBytes, 'maxBytes');
    signal?.throwIfAborted();
    const to = this.#limit(from, options.isolation);
    if (from >= to) return { records: [], nextOffset: from, gaps: NO_GAPS };
    const bounds = { from, to, maxRecords, maxBytes };
    const found = this.#points.read(this.#context.set(), bounds);
    if (found === undefined) return this.#readFrames(bounds, signal);
    return found instanceof Promise ? this.#answerLater(found, bounds, signal) : this.#answer(found, bounds);
  }

  #answer(records: readonly StoredRecord[], { from }: CopyBounds): ReadResult | Promise<ReadResult> {
    const nextOffset = (records[records.length - 1]?.offset ?? from) + 1;
    const result = { records, nextOffset, gaps: this.#gaps(from, records, { nextOffset, lost: [] }) };
    let cost = POINT_READ_COST;
    for (const { key, value } of records) cost += (key?.length ?? 0) + (value?.length ?? 0);
    const pause = this.#context.breath.after(cost);
    return pause === undefined ? result : pause.then(() => result);
  }

  async #answerLater(
    found: Promise<readonly StoredRecord[] | undefined>,
    bounds: CopyBounds,
    signal: AbortSignal | undefined,
  ): Promise<ReadResult> {
    const records = await found;
    return records === undefined ? this.#readFrames(bounds, signal) : this.#answer(records, bounds);
  }

  async #readFrames(bounds: CopyBounds, signal: AbortSignal | undefined): Promise<ReadResult> {
    const { from, to, maxRecords } = bounds;
    const copier = new RecordCopier(bounds);
    const lost = await this.#walk({ from, to, firstReadBytes: LOOKUP_BYTES, signal }, (walk) => {
      if (maxRecords <= POINT_RECORDS) this.#points.remember(walk);
      const cursor = walk.cursor();
      const more = copier.take(cursor, {
        header: walk.header,
        end: walk.scan.framePosition + walk.header.frameBytes,
      });
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

  /** Answers without a promise where the visitor ends with the first record, and it is at hand. */
  public scan(from: number, visit: Visit, options: ScanOptions = {}): number | Promise<number> {
    options.signal?.throwIfAborted();
    if (options.to !== undefined) requireSafeInteger(options.to, 'to');
    const end = this.#limit(from, options.isolation);
    const to = options.to === undefined ? end : Math.min(end, options.to);
    if (from >= to) return from;
    const rest = ({ stopped, nextOffset }: FirstLent): number | Promise<number> => {
      if (stopped || nextOffset >= to) return nextOffset;
      options.signal?.throwIfAborted();
      return this.#scanFrames({ from: nextOffset, to, signal: options.signal }, visit);
    };
    const first = this.#lendFirst({ from, to }, visit);
    return first instanceof Promise ? first.then(rest) : rest(first);
  }

  /** Whoever wants one record and no copy of it ends a scan there: it is read as a point if it can be. */
  #lendFirst({ from, to }: OffsetRange, visit: Visit): FirstLent | Promise<FirstLent> {
    const { breath } = this.#context;
    const first = { stopped: false, nextOffset: from };
    let cost = POINT_READ_COST;
    const lent = this.#points.lend(this.#context.set(), { from, to }, (cursor) => {
      cost += payloadOf(cursor);
      first.nextOffset = cursor.offset + 1;
      first.stopped = visit(cursor) === false;
    });
    if (lent === undefined) return first;
    if (lent instanceof Promise) return lent.then(() => breath.after(cost)).then(() => first);
    return breath.after(cost)?.then(() => first) ?? first;
  }

  async #scanFrames(
    { from, to, signal }: OffsetRange & Pick<ScanOptions, 'signal'>,
    visit: Visit,
  ): Promise<number> {
    let stoppedAt: number | undefined;
    await this.#walk({ from, to, firstReadBytes: SCAN_BYTES, signal }, (walk) => {
      const cursor = walk.cursor();
      stoppedAt = visitFrame(cursor, { from, to }, visit);
      if (cursor.malformed) throw walk.malformed();
      // One record was wanted, and perhaps it is the first of many.
      if (stoppedAt === from + 1) this.#points.remember(walk);
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
      for (;;) {
        const moved = walk.next();
        if (!(typeof moved === 'boolean' ? moved : await moved)) break;
        const more = visit(walk);
        const pause = this.#context.breath.after(walk.header.frameBytes);
        if (pause !== undefined) await pause;
        if (!more) break;
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
    // Offsets rise: as many as there are offsets leave no gap.
    if (records.length === nextOffset - from) return NO_GAPS;
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
function visitFrame(cursor: FrameCursor, { from, to }: OffsetRange, visit: Visit): number | undefined {
  while (cursor.next()) {
    const { offset } = cursor;
    if (offset < from) continue;
    if (offset >= to) return to;
    if (visit(cursor) === false) return offset + 1;
  }
  return undefined;
}

function outOfRange(reason: 'trimmed' | 'future', offset: number, now: LogOffsets): SeglogError {
  const { logStart, logEnd } = now;
  const sentence = reason === 'trimmed' ? 'the records were deleted' : 'the log does not reach this far';
  return new SeglogError('OFFSET_OUT_OF_RANGE', sentence, { offset, reason, logStart, logEnd });
}
