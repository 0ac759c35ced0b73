import assert from 'node:assert/strict';
import type { RecordInput } from '@seglog/core';
import * as fc from 'fast-check';
import { expectCode, expectRangeError, failureOf } from '../expectation.js';
import { recordArbitrary } from '../record-arbitraries.js';
import {
  bytesOf,
  everything,
  expectAllSame,
  expectNumbered,
  expectSame,
  fill,
  type LogCheck,
  numbered,
  type PartitionLogSupports,
} from './log-fixture.js';

/** Drawn once: the same for every log that sits the exam. */
let drawn: readonly RecordInput[] | undefined;

/** What an append takes, refuses and answers. */
export function appendCases(check: LogCheck, supports: PartitionLogSupports): void {
  contentCases(check);
  borrowingCases(check);
  refusalCases(check);
  limitCases(check);
  orderCases(check);
  expectationCases(check);
  acknowledgeCases(check, supports);
}

function contentCases(check: LogCheck): void {
  check('records of every shape come back as they were given', async (log) => {
    drawn ??= fc.sample(recordArbitrary({ maxBytes: 150 }), { numRuns: 100, seed: 1 });
    for (let first = 0; first < drawn.length; first += (first % 7) + 1) {
      const given = drawn.slice(first, first + (first % 7) + 1);
      const { baseOffset, lastOffset } = await log.append(given, { acknowledge: 'written' });
      assert.equal(lastOffset - baseOffset + 1, given.length);
      const { records } = await log.read(baseOffset, { isolation: 'uncommitted' });
      expectAllSame(records, given);
    }
  });

  check('null and empty keys and values stay what they are', async (log) => {
    const empty = new Uint8Array();
    const given: RecordInput[] = [
      { value: null },
      { value: empty },
      { key: empty, value: null },
      { key: null, value: empty },
      { key: bytesOf('k'), value: null, headers: [{ name: '', value: empty }] },
    ];
    await log.append(given);
    expectAllSame(await everything(log), given);
  });

  check('a record without a timestamp gets the time of its append', async (log) => {
    await log.append([{ value: null }, { value: null, timestampMs: 5 }, { value: null }]);
    const [first, second, third] = await everything(log);
    assert.equal(second?.timestampMs, 5);
    assert.ok(Number.isSafeInteger(first?.timestampMs));
    assert.equal(first?.timestampMs, third?.timestampMs);
  });
}

/** Bytes are borrowed until an append settles, and nothing else is. */
function borrowingCases(check: LogCheck): void {
  check('what was appended is not changed by what its bytes become afterwards', async (log) => {
    const value = bytesOf('as it was');
    await log.append([{ value }]);
    value.fill(0);
    const [record] = await everything(log);
    expectSame(record ?? assert.fail('no record'), { value: bytesOf('as it was') });
  });

  check("the array of an append is its caller's again at once", async (log) => {
    const given: RecordInput[] = [numbered(0), numbered(1)];
    const first = log.append(given);
    given.length = 0;
    given.push(numbered(2));
    const second = log.append(given);
    given.push(numbered(3));
    assert.deepEqual([(await first).lastOffset, (await second).lastOffset], [1, 2]);
    expectAllSame(await everything(log), [numbered(0), numbered(1), numbered(2)]);
  });

  check('a record that changes while it waits costs no other append', async (log) => {
    const changing: { value: Uint8Array | null; timestampMs?: number } = { value: bytesOf('a') };
    const settled = Promise.allSettled([
      log.append([numbered(0)]),
      log.append([changing]),
      log.append([numbered(1)]),
    ]);
    changing.value = null;
    const [before, changed, after] = await settled;
    assert.deepEqual([before.status, after.status], ['fulfilled', 'fulfilled']);
    if (changed.status === 'rejected') assert.equal(changed.reason.code, 'INVALID_RECORD');
    const { records } = await log.read(0);
    assert.equal(records.length, changed.status === 'rejected' ? 2 : 3);
    await log.append([numbered(2)]);
  });
}

function refusalCases(check: LogCheck): void {
  check('an empty append is refused', async (log) => {
    await expectCode('INVALID_RECORD', () => log.append([]));
    assert.equal(log.offsets().logEnd, 0);
  });

  check('what is no record is a TypeError, and nothing of its append is written', async (log) => {
    const wrong: unknown[] = [
      undefined,
      'text',
      [null],
      [undefined],
      [{}],
      [{ value: undefined }],
      [{ value: 'text' }],
      [{ value: [1, 2] }],
      [{ value: null, key: 'text' }],
      [{ value: null, headers: {} }],
      [{ value: null, headers: [null] }],
      [{ value: null, headers: [{ name: 1, value: new Uint8Array() }] }],
      [{ value: null, headers: [{ name: 'x' }] }],
      [numbered(0), { value: 5 }],
    ];
    for (const records of wrong) {
      const error = await failureOf(() => log.append(records as readonly RecordInput[]));
      assert.ok(error instanceof TypeError, `${JSON.stringify(records)}: ${String(error)}`);
    }
    assert.equal(log.offsets().logEnd, 0);
  });
}

function limitCases(check: LogCheck): void {
  check('a timestamp is a safe integer from 0 on', async (log) => {
    for (const timestampMs of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      await expectCode('INVALID_RECORD', () => log.append([numbered(0), { value: null, timestampMs }]));
    }
    const last = Number.MAX_SAFE_INTEGER;
    await log.append([
      { value: null, timestampMs: 0 },
      { value: null, timestampMs: last },
    ]);
    assert.deepEqual(
      (await everything(log)).map(({ timestampMs }) => timestampMs),
      [0, last],
    );
  });

  check(
    'a record is as large as the limit and no larger, headers included',
    async (log) => {
      const headers = [{ name: 'h', value: new Uint8Array(23) }];
      const key = new Uint8Array(100);
      const withValue = (bytes: number): RecordInput => ({ key, value: new Uint8Array(bytes), headers });
      await expectCode('RECORD_TOO_LARGE', () => log.append([withValue(901)]), {
        bytes: 1025,
        maxBytes: 1024,
      });
      await expectCode('RECORD_TOO_LARGE', () => log.append([numbered(0), withValue(901)]));
      await log.append([withValue(900)]);
      assert.equal(log.offsets().logEnd, 1);
    },
    { maxRecordBytes: 1024 },
  );

  check('a batch that fits nothing is refused whole', async (log) => {
    const records = Array.from({ length: 2000 }, () => ({ value: new Uint8Array(1000) }));
    await expectCode('RECORD_TOO_LARGE', () => log.append(records));
    assert.equal(log.offsets().logEnd, 0);
    assert.equal((await log.append([numbered(0)])).baseOffset, 0);
  });

  check(
    'where keys are needed, a batch with a record without one is refused whole',
    async (log) => {
      await expectCode('INVALID_RECORD', () => log.append([numbered(0), { value: null }]));
      await expectCode('INVALID_RECORD', () => log.append([{ key: null, value: bytesOf('v') }]));
      await log.append([{ key: new Uint8Array(), value: null }]);
      assert.equal(log.offsets().logEnd, 1);
    },
    { requireKeys: true },
  );
}

function orderCases(check: LogCheck): void {
  check('small appends at once get offsets as called, each its own', async (log) => {
    const results = await fill(log, { count: 300 });
    results.forEach(({ baseOffset, lastOffset }, i) => {
      assert.deepEqual([baseOffset, lastOffset], [i, i]);
    });
    expectNumbered(await everything(log), { count: 300 });
  });

  check('batches of any sizes follow each other without a hole', async (log) => {
    const sizes = [1, 40, 2, 1, 7, 60, 1, 3];
    let next = 0;
    const starts = sizes.map((size) => {
      const first = next;
      next += size;
      return first;
    });
    const results = await Promise.all(
      sizes.map((size, i) =>
        log.append(Array.from({ length: size }, (_, j) => numbered((starts[i] ?? 0) + j))),
      ),
    );
    assert.deepEqual(
      results.map(({ baseOffset }) => baseOffset),
      starts,
    );
    expectNumbered(await everything(log), { count: next });
  });

  check('appends of one kind are answered in the order of their offsets', async (log) => {
    const answered: number[] = [];
    const note = async (i: number): Promise<void> => {
      answered.push((await log.append([numbered(i)])).baseOffset);
    };
    await Promise.all(Array.from({ length: 60 }, (_, i) => note(i)));
    assert.deepEqual(
      answered,
      answered.toSorted((a, b) => a - b),
    );
  });
}

function expectationCases(check: LogCheck): void {
  check('an expected offset is the end of the log, or nothing is written', async (log) => {
    await log.append([numbered(0)], { expectedOffset: 0 });
    for (const expectedOffset of [0, 2]) {
      const facts = { expected: expectedOffset, actual: 1 };
      await expectCode('WRONG_EXPECTED_OFFSET', () => log.append([numbered(1)], { expectedOffset }), facts);
    }
    for (const expectedOffset of [-1, 0.5, Number.NaN, 2 ** 53]) {
      await expectRangeError(() => log.append([numbered(1)], { expectedOffset }));
    }
    assert.equal(log.offsets().logEnd, 1);
  });

  check('expected offsets may be pipelined, and a wrong one fails alone', async (log) => {
    const expecting = (number: number, expectedOffset: number): Promise<unknown> =>
      log.append([numbered(number)], { expectedOffset }).then(
        ({ baseOffset }) => baseOffset,
        (error: { code?: string }) => error.code,
      );
    const outcomes = await Promise.all([
      expecting(0, 0),
      expecting(1, 1),
      expecting(99, 1),
      expecting(2, 2),
      log.append([numbered(3)]).then(({ baseOffset }) => baseOffset),
      expecting(4, 4),
      expecting(99, 99),
    ]);
    assert.deepEqual(outcomes, [0, 1, 'WRONG_EXPECTED_OFFSET', 2, 3, 4, 'WRONG_EXPECTED_OFFSET']);
    expectNumbered(await everything(log), { count: 5 });
  });
}

function acknowledgeCases(check: LogCheck, supports: PartitionLogSupports): void {
  check('an append says what its answer stands for', async (log) => {
    assert.equal((await log.append([numbered(0)])).durability, supports.acknowledge);
    for (const acknowledge of ['written', 'synced'] as const) {
      assert.equal((await log.append([numbered(1)], { acknowledge })).durability, acknowledge);
    }
  });

  check('an append that asked for synced is durable when it is answered', async (log) => {
    for (let i = 0; i < 5; i++) {
      await fill(log, { first: 2 * i, count: 1 }, { acknowledge: 'written' });
      const { lastOffset } = await log.append([numbered(2 * i + 1)], { acknowledge: 'synced' });
      assert.ok(log.offsets().durable > lastOffset);
    }
  });

  check('an append that is answered is visible by default', async (log) => {
    for (let i = 0; i < 5; i++) {
      const { lastOffset } = await log.append([numbered(i)]);
      assert.ok(log.offsets().highWatermark > lastOffset);
      assert.equal((await log.read(lastOffset)).records.length, 1);
    }
  });
}
