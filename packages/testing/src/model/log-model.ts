import assert from 'node:assert/strict';
import type { PartitionLog, ReadOptions, RecordInput, StoredRecord } from '@seglog/core';
import { expectSame } from '../log/log-fixture.js';

/** A record where the model holds it. */
export interface ModelRecord {
  readonly offset: number;
  readonly given: RecordInput;
}

/**
 * The simplest log there is: an array. What a real log holds is compared with it, record by record.
 */
export class LogModel {
  #records: ModelRecord[] = [];
  #logStart = 0;
  #logEnd = 0;

  public get logStart(): number {
    return this.#logStart;
  }

  public get logEnd(): number {
    return this.#logEnd;
  }

  /** Records from the log start on, in order. */
  public get records(): readonly ModelRecord[] {
    return this.#records;
  }

  /** Returns the offset of the first record. */
  public append(records: readonly RecordInput[]): number {
    const base = this.#logEnd;
    for (const given of records) {
      this.#records.push({ offset: this.#logEnd, given });
      this.#logEnd += 1;
    }
    return base;
  }

  public deleteRecordsBefore(firstKept: number): void {
    this.#logStart = Math.max(this.#logStart, firstKept);
    this.#records = this.#records.filter(({ offset }) => offset >= this.#logStart);
  }

  public truncateAfter(lastKept: number): void {
    if (lastKept + 1 >= this.#logEnd) return;
    this.#logEnd = lastKept + 1;
    this.#records = this.#records.filter(({ offset }) => offset <= lastKept);
  }

  /** An offset of the log: `place` is a share of it, 0 the log start and 1 the log end. */
  public offsetAt(place: number): number {
    return this.#logStart + Math.round(place * (this.#logEnd - this.#logStart));
  }

  /** What a read from here on must begin with. */
  public expectRead(from: number, records: readonly StoredRecord[]): void {
    const expected = this.#records.slice(from - this.#logStart, from - this.#logStart + records.length);
    assert.equal(records.length, expected.length, `records from ${from} on`);
    records.forEach((record, i) => {
      const { offset, given } = expected[i] ?? assert.fail('there is no such record');
      assert.equal(record.offset, offset);
      expectSame(record, given);
    });
  }

  /** The log's marks and every record of it are those of the model. */
  public async expectSameLog(
    log: PartitionLog,
    options: ReadOptions = { isolation: 'uncommitted' },
  ): Promise<void> {
    const { logStart, logEnd } = log.offsets();
    assert.deepEqual({ logStart, logEnd }, { logStart: this.#logStart, logEnd: this.#logEnd });
    let from = logStart;
    while (from < logEnd) {
      const { records, nextOffset, gaps } = await log.read(from, options);
      assert.deepEqual(gaps, []);
      assert.ok(nextOffset > from, 'a read gets on');
      this.expectRead(from, records);
      assert.equal(from + records.length, nextOffset);
      from = nextOffset;
    }
  }

  /** Lowest offset whose timestamp is at or above a time; records without a timestamp of their own are not told apart. */
  public offsetForTimestamp(timestampMs: number): number | undefined {
    return this.#records.find(({ given }) => (given.timestampMs ?? Number.NaN) >= timestampMs)?.offset;
  }
}
