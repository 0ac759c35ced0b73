import { SeglogError } from '../contract/error.js';
import type { TailOptions } from '../contract/partition-log.js';
import type { StoredRecord } from '../contract/record.js';
import { requireOneOf } from '../invariant.js';
import type { OffsetMarks } from './log-offsets.js';
import type { LogReader } from './log-reader.js';

export interface TailingContext {
  readonly reader: LogReader;
  readonly marks: OffsetMarks;
  /** Counts truncations; what a follower has seen may be gone when it changes. */
  truncation(): Truncation;
}

export interface Truncation {
  readonly count: number;
  /** Lowest offset that was cut away since a count. */
  cutSince(count: number): number;
}

/**
 * Follows a log: what is there, then what comes. Woken by the marks, never by a timer. Its place is that of the call, not
 * that of the first record asked for.
 */
export function followLog(
  context: TailingContext,
  from: number | 'earliest' | 'latest',
  options: TailOptions,
): AsyncGenerator<StoredRecord, void, undefined> {
  const { reader, marks } = context;
  const mark = reader.isolation(options.isolation) === 'durable' ? 'durable' : 'logEnd';
  if (typeof from !== 'number') requireOneOf(from, ['earliest', 'latest'], 'from');
  const position = typeof from === 'number' ? from : marks.now[from === 'earliest' ? 'logStart' : mark];
  return follow(context, { mark, position, seen: context.truncation().count }, options);
}

interface Place {
  readonly mark: 'durable' | 'logEnd';
  readonly position: number;
  /** Truncations up to here are known not to matter. */
  readonly seen: number;
}

async function* follow(
  context: TailingContext,
  { mark, ...start }: Place,
  options: TailOptions,
): AsyncGenerator<StoredRecord, void, undefined> {
  const { reader, marks } = context;
  const { signal } = options;
  const bounds = { ...options, maxRecords: 1000 };
  let { position, seen } = start;
  try {
    for (;;) {
      seen = requireStanding(context, position, seen);
      const { records, nextOffset } = await reader.read(position, bounds);
      // The read saw the log as of its start: a truncation meanwhile may have taken what it found.
      seen = requireStanding(context, nextOffset, seen);
      for (const record of records) {
        signal?.throwIfAborted();
        yield record;
      }
      position = nextOffset;
      if (records.length === 0 && marks.now[mark] <= position) await marks.moved(mark, position + 1, signal);
    }
  } catch (cause) {
    if (!SeglogError.is(cause, 'LOG_CLOSED')) throw cause;
  }
}

/** What was cut away below the follower's place may have been replaced by other records: it must not go on as if not. */
function requireStanding(context: TailingContext, position: number, seen: number): number {
  const truncation = context.truncation();
  if (truncation.count === seen || truncation.cutSince(seen) >= position) return truncation.count;
  const { logStart, logEnd } = context.marks.now;
  throw new SeglogError('OFFSET_OUT_OF_RANGE', 'records that were read have been truncated away', {
    offset: position,
    reason: 'future',
    logStart,
    logEnd,
  });
}
