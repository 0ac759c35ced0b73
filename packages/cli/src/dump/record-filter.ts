import type { RecordCursor } from '@seglog/core';
import type { GivenOptions, OptionSpec } from '../command/command-spec.js';
import { numberGiven, textGiven, timeGiven } from '../command/given.js';

/** Which records are wanted. */
export interface RecordFilter {
  readonly from: number;
  /** First offset that is not wanted any more. */
  readonly to: number;
  readonly since: number;
  readonly until: number;
  readonly key: Uint8Array | undefined;
  readonly limit: number;
}

export const FILTER_OPTIONS: readonly OptionSpec[] = [
  { flags: '--from <offset>', description: 'from this offset on' },
  { flags: '--to <offset>', description: 'below this offset' },
  { flags: '--since <time>', description: 'with this timestamp or a later one: a date, or ms since 1970' },
  { flags: '--until <time>', description: 'with an earlier timestamp than this' },
  { flags: '--key <text>', description: 'with this key' },
  { flags: '--limit <n>', description: 'at most so many' },
];

export function filterGiven(options: GivenOptions): RecordFilter {
  const key = textGiven(options, 'key');
  return {
    from: numberGiven(options, 'from') ?? 0,
    to: numberGiven(options, 'to') ?? Number.POSITIVE_INFINITY,
    since: timeGiven(options, 'since') ?? 0,
    until: timeGiven(options, 'until') ?? Number.POSITIVE_INFINITY,
    key: key === undefined ? undefined : new TextEncoder().encode(key),
    limit: numberGiven(options, 'limit') ?? Number.POSITIVE_INFINITY,
  };
}

export function wants(filter: RecordFilter, record: RecordCursor): boolean {
  const { offset, timestampMs } = record;
  if (offset < filter.from || offset >= filter.to) return false;
  if (timestampMs < filter.since || timestampMs >= filter.until) return false;
  return filter.key === undefined || sameBytes(record.key, filter.key);
}

export function sameBytes(one: Uint8Array | null, other: Uint8Array): boolean {
  return one !== null && Buffer.compare(one, other) === 0;
}
