import assert from 'node:assert/strict';
import type { PartitionLog, StoredRecord } from '@seglog/core';
import * as fc from 'fast-check';
import { expectCode, expectRangeError, failureOf } from '../expectation.js';
import { everything, expectNumbered, fill, type LogCheck, numbered } from './log-fixture.js';

const NO_OFFSETS = [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53];
const COUNT = 150;
const LIMITS = fc.sample(
  fc.array(fc.record({ maxRecords: fc.integer({ min: 1, max: 60 }), maxBytes: fc.nat(6000) }), {
    minLength: 1,
    maxLength: 10,
  }),
  { numRuns: 10, seed: 1 },
);

/** What reads return, and where they refuse. */
export function readCases(check: LogCheck): void {
  growingCases(check);
  limitCases(check);
  rangeCases(check);
  copyCases(check);
  timestampCases(check);
}

function growingCases(check: LogCheck): void {
  check('every record is found at its own offset while others are appended behind it', async (log) => {
    for (let end = 1; end <= 12; end += 1) {
      await fill(log, { first: end - 1, count: 1 });
      await log.sync();
      for (let from = 0; from < end; from += 1) {
        const { records } = await log.read(from, { maxRecords: 100 });
        expectNumbered(records, { first: from, count: end - from });
      }
    }
  });
}

function limitCases(check: LogCheck): void {
  check('reads of any sizes, joined, give the whole log', async (log) => {
    await fill(log, { count: COUNT });
    await log.sync();
    for (const limits of LIMITS) {
      const all: StoredRecord[] = [];
      for (let from = 0, i = 0; from < COUNT; i += 1) {
        const { records, nextOffset, gaps } = await log.read(from, limits[i % limits.length]);
        assert.deepEqual(gaps, []);
        assert.ok(nextOffset > from, 'a read gets on');
        all.push(...records);
        from = nextOffset;
      }
      expectNumbered(all, { count: COUNT });
    }
  });

  check('a read returns as many records as were asked for, where there are so many', async (log) => {
    await fill(log, { count: COUNT });
    for (const maxRecords of [1, 2, 31, COUNT - 1, COUNT]) {
      const { records, nextOffset } = await log.read(0, { maxRecords });
      expectNumbered(records, { count: maxRecords });
      assert.equal(nextOffset, maxRecords);
    }
    assert.equal((await log.read(140, { maxRecords: 50 })).records.length, COUNT - 140);
  });

  check('a read stops before its payload exceeds the limit, but never without a record', async (log) => {
    const headers = [{ name: 'ten bytes.', value: new Uint8Array(50) }];
    await log.append(
      Array.from({ length: 8 }, () => ({ key: new Uint8Array(10), value: new Uint8Array(30), headers })),
    );
    for (const [maxBytes, count] of [
      [0, 1],
      [99, 1],
      [100, 1],
      [199, 1],
      [200, 2],
      [799, 7],
      [800, 8],
    ] as const) {
      assert.equal((await log.read(0, { maxBytes })).records.length, count, `${maxBytes} bytes`);
    }
  });

  check('limits that are no numbers of anything are refused', async (log) => {
    await fill(log, { count: 3 });
    for (const maxRecords of [0, ...NO_OFFSETS]) await expectRangeError(() => log.read(0, { maxRecords }));
    for (const maxBytes of NO_OFFSETS) await expectRangeError(() => log.read(0, { maxBytes }));
  });
}

function rangeCases(check: LogCheck): void {
  check('at the end there is nothing, beyond it an error that says where it is', async (log) => {
    const facts = { reason: 'future', logStart: 0 };
    assert.deepEqual(await log.read(0), { records: [], nextOffset: 0, gaps: [] });
    await expectCode('OFFSET_OUT_OF_RANGE', () => log.read(1), { ...facts, offset: 1, logEnd: 0 });
    await fill(log, { count: 5 });
    assert.deepEqual(await log.read(5), { records: [], nextOffset: 5, gaps: [] });
    await expectCode('OFFSET_OUT_OF_RANGE', () => log.read(6), { ...facts, offset: 6, logEnd: 5 });
    await expectCode('OFFSET_OUT_OF_RANGE', () => log.scan(6, () => undefined), facts);
  });

  check('below the log start there is an error that says where it is, not silence', async (log) => {
    await fill(log, { count: 60 });
    await log.deleteRecordsBefore(40);
    const facts = { reason: 'trimmed', logStart: 40, logEnd: 60 };
    for (const from of [0, 39]) {
      await expectCode('OFFSET_OUT_OF_RANGE', () => log.read(from), { ...facts, offset: from });
      await expectCode('OFFSET_OUT_OF_RANGE', () => log.scan(from, () => undefined), facts);
    }
    expectNumbered((await log.read(40)).records, { first: 40, count: 20 });
  });

  check('what is no offset is refused', async (log) => {
    await fill(log, { count: 3 });
    for (const from of NO_OFFSETS) {
      await expectRangeError(() => log.read(from));
      await expectRangeError(() => log.scan(from, () => undefined));
    }
  });

  check('a read that was aborted before rejects with the reason', async (log) => {
    const reason = new Error('no longer wanted');
    const signal = AbortSignal.abort(reason);
    await fill(log, { count: 3 });
    assert.equal(await failureOf(() => log.read(0, { signal })), reason);
    assert.equal(await failureOf(() => log.scan(0, () => undefined, { signal })), reason);
  });

  check('a durable reader sees nothing that a power cut would take back', async (log) => {
    for (let i = 0; i < 20; i++) {
      await log.append([numbered(i)], { acknowledge: 'written' });
      const { records } = await log.read(0, { isolation: 'durable' });
      assert.ok(records.length <= log.offsets().durable);
      let seen = 0;
      await log.scan(0, () => (seen += 1), { isolation: 'durable' });
      assert.ok(seen <= log.offsets().durable);
      assert.equal((await log.read(0, { isolation: 'uncommitted' })).records.length, i + 1);
    }
    await log.sync();
    assert.equal((await log.read(0, { isolation: 'durable' })).records.length, 20);
  });
}

function copyCases(check: LogCheck): void {
  check("what a read returns is the caller's own", async (log) => {
    await fill(log, { count: 80 });
    const kept = await everything(log);
    const spoilt = await everything(log);
    for (const { key, value } of spoilt) {
      key?.fill(0);
      value?.fill(0);
    }
    await fill(log, { first: 80, count: 80 });
    await log.read(100);
    expectNumbered(kept, { count: 80 });
    expectNumbered(await everything(log), { count: 160 });
  });
}

function timestampCases(check: LogCheck): void {
  check('the first offset at or after a time is found, timestamps in any order', async (log) => {
    const times = await appendTimes(log);
    const visible = times.slice(0, log.offsets().highWatermark);
    const asked = [...new Set([0, 499, 500, 501, ...times.flatMap((time) => [time, time + 1])])];
    for (const time of asked.filter((_, i) => i % 5 === 0)) {
      const found = visible.findIndex((other) => other >= time);
      assert.equal(await log.offsetForTimestamp(time), found === -1 ? undefined : found, `at ${time}`);
    }
    assert.equal(await log.offsetForTimestamp(Math.max(...times) + 1), undefined);
  });

  check('a time is looked for among the records that the reader may see', async (log) => {
    await appendTimes(log);
    await log.append([{ value: null, timestampMs: 10_000 }], { acknowledge: 'written' });
    const { logEnd } = log.offsets();
    const durable = await log.offsetForTimestamp(10_000, { isolation: 'durable' });
    assert.ok(durable === undefined || log.offsets().durable === logEnd);
    assert.equal(await log.offsetForTimestamp(10_000, { isolation: 'uncommitted' }), logEnd - 1);
    await log.sync();
    assert.equal(await log.offsetForTimestamp(10_000, { isolation: 'durable' }), logEnd - 1);
  });

  check('a time finds no deleted record, and none in an empty log', async (log) => {
    assert.equal(await log.offsetForTimestamp(0), undefined);
    await fill(log, { count: 60 });
    await log.deleteRecordsBefore(40);
    assert.equal(await log.offsetForTimestamp(0), 40);
    assert.equal(await log.offsetForTimestamp(45), 45);
    await expectRangeError(() => log.offsetForTimestamp(Number.NaN));
  });
}

async function appendTimes(log: PartitionLog): Promise<readonly number[]> {
  const times = Array.from({ length: 120 }, (_, i) => (i * 7919) % 1000);
  await Promise.all(
    times.map((timestampMs, i) => log.append([{ value: new Uint8Array((i * 13) % 200), timestampMs }])),
  );
  return times;
}
