import { SeglogError } from '../contract/error.js';
import type { TailOptions } from '../contract/partition-log.js';
import type { StoredRecord } from '../contract/record.js';
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

/** Follows a log: what is there, then what comes. Woken by the marks, never by a timer. */
export async function* followLog(
  context: TailingContext,
  from: number | 'earliest' | 'latest',
  options: TailOptions,
): AsyncGenerator<StoredRecord, void, undefined> {
  const { reader, marks } = context;
  const mark = reader.isolation(options.isolation) === 'durable' ? 'durable' : 'logEnd';
  let position = typeof from === 'number' ? from : from === 'earliest' ? marks.now.logStart : marks.now[mark];
  let seen = context.truncation().count;
  try {
    for (;;) {
      const { records, nextOffset } = await reader.read(position, { ...options, maxRecords: 1000 });
      seen = requireStanding(context, position, seen);
      yield* records;
      position = nextOffset;
      if (records.length > 0 || marks.now[mark] > position) continue;
      await marks.reached(mark, position + 1, options.signal);
      seen = requireStanding(context, position, seen);
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
