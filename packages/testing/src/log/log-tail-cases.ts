import assert from 'node:assert/strict';
import type { PartitionLog, StoredRecord, TailOptions } from '@seglog/core';
import { expectCode, expectRangeError, failureOf } from '../expectation.js';
import { expectNumbered, fill, type LogCheck, numbered, turn } from './log-fixture.js';

/** Followers: what they see, what wakes them, and how they end. */
export function tailCases(check: LogCheck): void {
  placeCases(check);
  pacingCases(check);
  endCases(check);
  changeCases(check);
}

type Follower = AsyncIterator<StoredRecord>;

const follow = (log: PartitionLog, from: number | 'earliest' | 'latest', options?: TailOptions): Follower =>
  log.tail(from, options)[Symbol.asyncIterator]();

async function take(follower: Follower, count: number): Promise<StoredRecord[]> {
  const records: StoredRecord[] = [];
  while (records.length < count) {
    const next = await follower.next();
    if (next.done === true) break;
    records.push(next.value);
  }
  return records;
}

function placeCases(check: LogCheck): void {
  check('a follower sees what is there and then what comes, once each', async (log) => {
    await fill(log, { count: 40 });
    const follower = follow(log, 'earliest');
    expectNumbered(await take(follower, 40), { count: 40 });
    const rest = take(follower, 60);
    await turn();
    await fill(log, { first: 40, count: 30 });
    await log.roll();
    await fill(log, { first: 70, count: 30 });
    await log.sync();
    expectNumbered(await rest, { first: 40, count: 60 });
  });

  check('a follower starts where it was told', async (log) => {
    await fill(log, { count: 60 });
    await log.sync();
    await log.deleteRecordsBefore(20);
    const latest = follow(log, 'latest');
    expectNumbered(await take(follow(log, 'earliest'), 40), { first: 20, count: 40 });
    expectNumbered(await take(follow(log, 35), 25), { first: 35, count: 25 });
    await fill(log, { first: 60, count: 5 });
    await log.sync();
    expectNumbered(await take(latest, 5), { first: 60, count: 5 });
  });

  check('a follower outside the log is told so', async (log) => {
    await fill(log, { count: 20 });
    await log.deleteRecordsBefore(10);
    await expectCode('OFFSET_OUT_OF_RANGE', () => follow(log, 9).next(), { reason: 'trimmed' });
    await expectCode('OFFSET_OUT_OF_RANGE', () => follow(log, 21).next(), { reason: 'future' });
    await expectRangeError(async () => follow(log, Number.NaN).next());
  });
}

function pacingCases(check: LogCheck): void {
  check('a follower that keeps up gets short and long records as they were appended', async (log) => {
    const follower = follow(log, 'earliest');
    for (const [i, bytes] of [10, 20, 5000, 7, 6000, 30, 12].entries()) {
      const next = take(follower, 1);
      const value = new Uint8Array(bytes).fill(i + 1);
      await log.append([{ value }]);
      await log.sync();
      assert.deepEqual((await next)[0]?.value, value);
    }
  });

  check('many followers see the same', async (log) => {
    const followers = Array.from({ length: 5 }, () => take(follow(log, 'earliest'), 50));
    await fill(log, { count: 50 });
    await log.sync();
    for (const records of await Promise.all(followers)) expectNumbered(records, { count: 50 });
  });

  check('a durable follower is shown nothing that a power cut would take back', async (log) => {
    const follower = follow(log, 'earliest', { isolation: 'durable' });
    const first = take(follower, 1);
    await log.append([numbered(0)], { acknowledge: 'written' });
    await log.sync();
    expectNumbered(await first, { count: 1 });
    assert.ok(log.offsets().durable >= 1);
  });
}

function endCases(check: LogCheck): void {
  const reason = new Error('no longer wanted');

  check('a follower that is aborted rejects with the reason, waiting or not', async (log) => {
    await fill(log, { count: 10 });
    await log.sync();
    assert.equal(await failureOf(() => follow(log, 0, { signal: AbortSignal.abort(reason) }).next()), reason);

    const control = new AbortController();
    const follower = follow(log, 0, { signal: control.signal });
    await take(follower, 10);
    const waiting = follower.next();
    await turn();
    control.abort(reason);
    assert.equal(await failureOf(() => waiting), reason);

    const second = new AbortController();
    const reading = follow(log, 0, { signal: second.signal });
    await take(reading, 3);
    second.abort(reason);
    assert.equal(await failureOf(() => reading.next()), reason);
  });

  check('a follower ends quietly when the log is closed, waiting or not', async (log) => {
    await fill(log, { count: 10 });
    await log.sync();
    const waiting = follow(log, 0);
    await take(waiting, 10);
    const end = waiting.next();
    const behind = follow(log, 0);
    await take(behind, 3);
    await log.close();
    assert.equal((await end).done, true);
    assert.ok((await take(behind, 10)).length <= 7);
    assert.equal((await behind.next()).done, true);
  });

  check('a follower may be left at any time', async (log) => {
    await fill(log, { count: 10 });
    await log.sync();
    let seen = 0;
    for await (const { offset } of log.tail('earliest')) {
      assert.equal(offset, seen);
      seen += 1;
      if (seen === 4) break;
    }
    assert.equal(seen, 4);
    await log.close();
  });
}

function changeCases(check: LogCheck): void {
  check('a follower whose records were truncated away learns it', async (log) => {
    await fill(log, { count: 30 });
    await log.sync();
    const follower = follow(log, 0);
    await take(follower, 30);
    const waiting = follower.next();
    await turn();
    await log.truncateAfter(9);
    await expectCode('OFFSET_OUT_OF_RANGE', () => waiting);
  });

  check('a follower below the cut goes on with what came in its place', async (log) => {
    await fill(log, { count: 30 });
    await log.sync();
    await log.truncateAfter(9);
    const follower = follow(log, 0);
    expectNumbered(await take(follower, 10), { count: 10 });
    await log.truncateAfter(9);
    await fill(log, { first: 10, count: 10, tag: 'new ' });
    await log.sync();
    expectNumbered(await take(follower, 10), { first: 10, count: 10, tag: 'new ' });
  });

  check('a follower that the log start has overtaken learns it', async (log) => {
    await fill(log, { count: 10 });
    await log.sync();
    const follower = follow(log, 0);
    await take(follower, 10);
    await fill(log, { first: 10, count: 40 });
    await log.deleteRecordsBefore(40);
    await expectCode('OFFSET_OUT_OF_RANGE', () => follower.next(), { reason: 'trimmed' });
  });
}
