import assert from 'node:assert/strict';
import { expectCode, expectRangeError, failureOf } from '../expectation.js';
import {
  everything,
  expectNumbered,
  fill,
  type LogCheck,
  numbered,
  type PartitionLogSupports,
  turn,
} from './log-fixture.js';

const NO_OFFSETS = [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53];

/** What changes a log beside appends: deletion, truncation, rolls, syncs, and what they do to its marks. */
export function changeCases(check: LogCheck, supports: PartitionLogSupports): void {
  deleteCases(check);
  truncateCases(check);
  rollCases(check);
  durableCases(check, supports);
  waitingCases(check);
  statsCases(check);
}

function deleteCases(check: LogCheck): void {
  check('deleting raises the log start to any offset, and nothing else changes', async (log) => {
    await fill(log, { count: 120 });
    for (const firstKept of [0, 1, 2, 50, 51, 119, 120]) {
      await log.deleteRecordsBefore(firstKept);
      assert.equal(log.offsets().logStart, firstKept);
      expectNumbered(await everything(log), { first: firstKept, count: 120 - firstKept });
    }
    assert.equal((await log.append([numbered(120)])).baseOffset, 120);
    expectNumbered(await everything(log), { first: 120, count: 1 });
  });

  check('the log start never falls', async (log) => {
    await fill(log, { count: 50 });
    await log.deleteRecordsBefore(30);
    await log.deleteRecordsBefore(10);
    await log.deleteRecordsBefore(0);
    assert.equal(log.offsets().logStart, 30);
  });

  check('records are not deleted beyond the high watermark', async (log) => {
    await fill(log, { count: 20 });
    await expectCode('OFFSET_OUT_OF_RANGE', () => log.deleteRecordsBefore(21), {
      offset: 21,
      reason: 'future',
    });
    for (const wrong of [-1, ...NO_OFFSETS]) await expectRangeError(() => log.deleteRecordsBefore(wrong));
    expectNumbered(await everything(log), { count: 20 });
  });
}

function truncateCases(check: LogCheck): void {
  check('a log is truncated at every boundary, and grows again from there', async (log) => {
    let tag = '';
    for (let lastKept = 70; lastKept >= -1; lastKept -= lastKept > 60 || lastKept < 4 ? 1 : 9) {
      await log.truncateAfter(lastKept).catch(() => undefined);
      await fill(log, { first: log.offsets().logEnd, count: 80 - log.offsets().logEnd, tag });
      await log.truncateAfter(lastKept);
      const end = lastKept + 1;
      const { logEnd, durable, highWatermark } = log.offsets();
      assert.deepEqual({ logEnd, durable, highWatermark }, { logEnd: end, durable: end, highWatermark: end });
      tag = `after ${lastKept} `;
      assert.equal((await fill(log, { first: end, count: 5, tag }))[0]?.baseOffset, end);
      expectNumbered((await log.read(end)).records, { first: end, count: 5, tag });
      assert.equal((await everything(log)).length, end + 5);
      await log.truncateAfter(lastKept);
    }
  });

  check('what lies below the cut is untouched by any number of truncations', async (log) => {
    await fill(log, { count: 200 });
    for (let lastKept = 198; lastKept > 20; lastKept -= 37) {
      await log.truncateAfter(lastKept);
      expectNumbered(await everything(log), { count: lastKept + 1 });
    }
  });

  check('truncating after the last record changes nothing', async (log) => {
    await fill(log, { count: 30 });
    await log.truncateAfter(29);
    expectNumbered(await everything(log), { count: 30 });
    assert.equal((await log.append([numbered(30)])).baseOffset, 30);
  });

  check('a log is not truncated below its start', async (log) => {
    await fill(log, { count: 60 });
    await log.deleteRecordsBefore(40);
    await expectCode('OFFSET_OUT_OF_RANGE', () => log.truncateAfter(38), { reason: 'trimmed', logStart: 40 });
    for (const wrong of [-2, ...NO_OFFSETS]) await expectRangeError(() => log.truncateAfter(wrong));
    expectNumbered(await everything(log), { first: 40, count: 20 });
    await log.truncateAfter(39);
    assert.deepEqual(await everything(log), []);
    assert.equal((await log.append([numbered(40)])).baseOffset, 40);
    expectNumbered(await everything(log), { first: 40, count: 1 });
  });

  check('a truncation waits its turn behind the appends before it', async (log) => {
    const before = fill(log, { count: 50 });
    const cut = log.truncateAfter(9);
    const after = fill(log, { first: 10, count: 10, tag: 'new ' });
    await Promise.all([before, cut]);
    assert.equal((await after)[0]?.baseOffset, 10);
    expectNumbered((await log.read(10)).records, { first: 10, count: 10, tag: 'new ' });
  });
}

function rollCases(check: LogCheck): void {
  check('a roll tells what it sealed', async (log) => {
    await fill(log, { count: 10 });
    const { segments } = log.stats();
    const sealed = await log.roll();
    assert.deepEqual([sealed.sealed, sealed.reason, sealed.nextOffset], [true, 'forced', 10]);
    assert.deepEqual([sealed.recordCount, sealed.tombstones], [sealed.nextOffset - sealed.baseOffset, 0]);
    assert.deepEqual([sealed.minTimestampMs, sealed.maxTimestampMs], [sealed.baseOffset, 9]);
    assert.equal(log.stats().segments, segments + 1);
    assert.equal(log.offsets().durable, 10);
    assert.equal((await log.append([numbered(10)])).baseOffset, 10);
    expectNumbered(await everything(log), { count: 11 });
  });

  check('rolls among appends, and of empty segments, lose nothing', async (log) => {
    await Promise.all([
      fill(log, { count: 20 }),
      log.roll(),
      log.roll(),
      fill(log, { first: 20, count: 20 }),
      log.roll(),
      fill(log, { first: 40, count: 20 }),
      log.roll(),
      log.roll(),
    ]);
    expectNumbered(await everything(log), { count: 60 });
    assert.equal(await log.offsetForTimestamp(33), 33);
  });

  check('segments are rolled by their size alone', async (log) => {
    await fill(log, { count: 400 });
    assert.ok(log.stats().segments > 2, `${log.stats().segments} segments`);
  });
}

function durableCases(check: LogCheck, supports: PartitionLogSupports): void {
  check('a sync makes durable what was written before it', async (log) => {
    for (let i = 0; i < 5; i++) {
      await fill(log, { first: 10 * i, count: 10 }, { acknowledge: 'written' });
      const { logEnd } = log.offsets();
      await log.sync();
      assert.ok(log.offsets().durable >= logEnd);
    }
    await log.sync();
  });

  check('marks are ordered and immutable, whatever happens', async (log) => {
    const seen = [log.offsets()];
    const steps = [
      () => fill(log, { count: 30 }),
      () => log.roll(),
      () => log.deleteRecordsBefore(10),
      () => log.truncateAfter(19),
      () => log.sync(),
    ];
    for (const step of steps) {
      const running = step();
      for (let i = 0; i < 3; i++) {
        seen.push(log.offsets());
        await turn();
      }
      await running;
      seen.push(log.offsets());
    }
    for (const { logStart, highWatermark, durable, logEnd } of seen) {
      assert.ok(logStart <= highWatermark && highWatermark <= logEnd && durable <= logEnd);
      const mark = supports.acknowledge === 'synced' ? durable : logEnd;
      assert.equal(highWatermark, Math.max(logStart, mark));
    }
    assert.deepEqual(seen[0], { logStart: 0, highWatermark: 0, durable: 0, logEnd: 0 });
  });
}

function waitingCases(check: LogCheck): void {
  check('waiting for durability ends when it is there, for offsets to come as well', async (log) => {
    await log.whenDurable(0);
    const reached = log.whenDurable(20);
    for (let i = 0; i < 20; i++) await fill(log, { first: i, count: 1 }, { acknowledge: 'written' });
    await reached;
    assert.ok(log.offsets().durable >= 20);
    for (const wrong of [-1, ...NO_OFFSETS]) await expectRangeError(() => log.whenDurable(wrong));
  });

  check('waiting for durability can be given up', async (log) => {
    const reason = new Error('no longer wanted');
    const control = new AbortController();
    const waiting = log.whenDurable(1, { signal: control.signal });
    control.abort(reason);
    assert.equal(await failureOf(() => waiting), reason);
    const { signal } = control;
    assert.equal(await failureOf(() => log.whenDurable(1, { signal })), reason);
  });
}

function statsCases(check: LogCheck): void {
  check('the figures tell what is there and what was done', async (log) => {
    await fill(log, { count: 50 });
    await log.sync();
    const stats = log.stats();
    assert.deepEqual([stats.records, stats.appendedRecords], [50, 50]);
    assert.deepEqual([stats.durableLag, stats.queuedBytes], [0, 0]);
    assert.equal(stats.bytes, stats.appendedBytes);
    assert.ok(stats.bytes > 50 * 10);
    assert.ok(stats.syncs >= 0 && stats.segments >= 1 && stats.descriptors >= 0);
    const { boundsMs, counts } = stats.syncLatency;
    assert.equal(boundsMs.length, counts.length);
    assert.equal(boundsMs.at(-1), Number.POSITIVE_INFINITY);
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      stats.syncs,
    );
    await log.truncateAfter(9);
    assert.equal(log.stats().records, 10);
  });
}
