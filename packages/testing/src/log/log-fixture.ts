import assert from 'node:assert/strict';
import type {
  Acknowledge,
  AppendOptions,
  AppendResult,
  PartitionLog,
  ReadOptions,
  RecordInput,
  StoredRecord,
} from '@seglog/core';
import { expectBytes } from '../expectation.js';
import type { SuiteRunner } from '../suite-runner.js';

/** What a case needs its log to be like, where the default of the fixture would not do. */
export interface LogWishes {
  /** Payload that may wait in line. */
  readonly maxQueuedBytes?: number;
  /** Largest payload of one record; at least 1,024 where it is given. */
  readonly maxRecordBytes?: number;
  readonly requireKeys?: boolean;
}

/** A new, empty log for one case. */
export interface PartitionLogFixture {
  readonly log: PartitionLog;
  /** Closes the log if the case has not, and leaves nothing behind. Never rejects because the log is closed. */
  dispose(): Promise<void>;
}

/**
 * Makes a log. Its segments are small (4 to 16 KiB), where it has segments, so that the cases roll them; it takes records
 * of at least 1,024 bytes and queues at least 1 MiB unless told otherwise.
 */
export type CreatePartitionLog = (wishes: LogWishes) => PartitionLogFixture | Promise<PartitionLogFixture>;

/** What a log claims. What it does not claim it must refuse. */
export interface PartitionLogSupports {
  /** What an append means whose caller did not say. */
  readonly acknowledge: Acknowledge;
  /** Appends may carry a producer's stamp. */
  readonly producer: boolean;
  /** A batch survives a crash whole or not at all; where it is not claimed, a batch may be larger than a frame. */
  readonly atomicBatch: boolean;
}

/** Declares one case that runs on a log of its own. */
export type LogCheck = (
  title: string,
  body: (log: PartitionLog) => Promise<void>,
  wishes?: LogWishes,
) => void;

export function logCheck(runner: SuiteRunner, create: CreatePartitionLog): LogCheck {
  return (title, body, wishes = {}) => {
    runner.test(title, async () => {
      const fixture = await create(wishes);
      try {
        await body(fixture.log);
      } finally {
        await fixture.dispose();
      }
    });
  };
}

/** The record that stands for a number: its value tells the number, its key repeats, its length varies. */
export function numbered(number: number, tag = ''): RecordInput {
  const filling = '.'.repeat((number * 37) % 160);
  return {
    key: bytesOf(`k${number % 7}`),
    value: bytesOf(`${tag}${number}:${filling}`),
    timestampMs: number,
  };
}

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

export const textOf = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : new TextDecoder().decode(bytes);

/** Appends numbered records, one append each, all at once. */
export async function fill(
  log: PartitionLog,
  { first = 0, count, tag = '' }: { readonly first?: number; readonly count: number; readonly tag?: string },
  options: AppendOptions = {},
): Promise<readonly AppendResult[]> {
  const numbers = Array.from({ length: count }, (_, i) => first + i);
  return Promise.all(numbers.map((number) => log.append([numbered(number, tag)], options)));
}

/** All that is visible, by reads joined at `nextOffset`. */
export async function everything(log: PartitionLog, options: ReadOptions = {}): Promise<StoredRecord[]> {
  const all: StoredRecord[] = [];
  for (let from = log.offsets().logStart; ; ) {
    const { records, nextOffset } = await log.read(from, options);
    all.push(...records);
    if (nextOffset === from) return all;
    from = nextOffset;
  }
}

/** The records are the numbered ones `[first, first + count)`, at the offsets that are their numbers. */
export function expectNumbered(
  records: readonly StoredRecord[],
  { first = 0, count, tag = '' }: { readonly first?: number; readonly count: number; readonly tag?: string },
): void {
  assert.equal(records.length, count, 'number of records');
  records.forEach((record, i) => {
    assert.equal(record.offset, first + i);
    expectSame(record, numbered(first + i, tag));
  });
}

/** A stored record is what was given to `append`; a timestamp that was not given is not looked at. */
export function expectSame(stored: StoredRecord, given: RecordInput): void {
  expectNullable(stored.key, given.key ?? null);
  expectNullable(stored.value, given.value);
  if (given.timestampMs !== undefined) assert.equal(stored.timestampMs, given.timestampMs);
  const headers = given.headers ?? [];
  assert.deepEqual(
    stored.headers.map(({ name }) => name),
    headers.map(({ name }) => name),
  );
  stored.headers.forEach(({ value }, i) => {
    expectBytes(value, headers[i]?.value ?? new Uint8Array());
  });
}

/** Stored records are what was given, one by one. */
export function expectAllSame(stored: readonly StoredRecord[], given: readonly RecordInput[]): void {
  assert.equal(stored.length, given.length, 'number of records');
  stored.forEach((record, i) => {
    expectSame(record, given[i] ?? { value: null });
  });
}

function expectNullable(actual: Uint8Array | null, expected: Uint8Array | null): void {
  if (actual === null || expected === null) assert.equal(actual, expected);
  else expectBytes(actual, expected);
}

/** Lets everything that is due have its turn. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
