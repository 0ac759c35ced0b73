import assert from 'node:assert/strict';
import type { AppendOptions, AppendResult, PartitionLog } from '@seglog/core';
import { expectCode, expectRangeError, failureOf } from '../expectation.js';
import {
  everything,
  expectNumbered,
  fill,
  type LogCheck,
  numbered,
  type PartitionLogSupports,
} from './log-fixture.js';

/** Appends that may be repeated without being written twice, and what a log without them says. */
export function producerCases(check: LogCheck, supports: PartitionLogSupports): void {
  if (supports.producer) {
    duplicateCases(check);
    orderCases(check);
    stampCases(check);
  } else {
    check('a stamp that would not be written is refused', async (log) => {
      await expectCode('COMPOSITION', () => log.append([numbered(0)], stamped(0)));
      assert.equal(log.offsets().logEnd, 0);
      assert.equal((await log.append([numbered(0)])).baseOffset, 0);
    });
  }
}

function stamped(sequence: number, { id = 'p', epoch = 0 } = {}): AppendOptions & { producer: object } {
  return { producer: { id, epoch, sequence } };
}

const place = ({ baseOffset, lastOffset, duplicate }: AppendResult): unknown => [
  baseOffset,
  lastOffset,
  duplicate,
];

function duplicateCases(check: LogCheck): void {
  check('a repeated batch gets its original offsets and is not written again', async (log) => {
    const batches = [0, 3, 4, 9];
    const send = (i: number): Promise<AppendResult> => {
      const first = batches[i] ?? 0;
      const count = (batches[i + 1] ?? 10) - first;
      const records = Array.from({ length: count }, (_, j) => numbered(first + j));
      return log.append(records, stamped(first));
    };
    const originals = [await send(0), await send(1), await send(2), await send(3)];
    const repeated = [await send(3), await send(0), await send(2), await send(1)];
    assert.deepEqual(originals.map(place), [
      [0, 2, false],
      [3, 3, false],
      [4, 8, false],
      [9, 9, false],
    ]);
    assert.deepEqual(repeated.map(place), [
      [9, 9, true],
      [0, 2, true],
      [4, 8, true],
      [3, 3, true],
    ]);
    expectNumbered(await everything(log), { count: 10 });
  });

  check('a batch that is repeated while the original is under way is written once', async (log) => {
    const results = await Promise.all(
      Array.from({ length: 10 }, () => log.append([numbered(0)], stamped(0))),
    );
    assert.deepEqual(
      results.map(({ baseOffset }) => baseOffset),
      Array.from({ length: 10 }, () => 0),
    );
    assert.equal(results.filter(({ duplicate }) => !duplicate).length, 1);
    expectNumbered(await everything(log), { count: 1 });
  });

  check('a duplicate that asks for synced is answered when the original is durable', async (log) => {
    await log.append([numbered(0)], { ...stamped(0), acknowledge: 'written' });
    const again = await log.append([numbered(0)], { ...stamped(0), acknowledge: 'synced' });
    assert.deepEqual([again.duplicate, again.durability], [true, 'synced']);
    assert.ok(log.offsets().durable >= 1);
  });

  check('a duplicate may name the offset that its original expected', async (log) => {
    const options = { ...stamped(0), expectedOffset: 0 };
    await log.append([numbered(0)], options);
    await fill(log, { first: 1, count: 3 });
    assert.deepEqual(place(await log.append([numbered(0)], options)), [0, 0, true]);
  });
}

function orderCases(check: LogCheck): void {
  check('a batch that leaves a hole is refused, and the one that fits is taken', async (log) => {
    await log.append([numbered(0)], stamped(0));
    await expectCode('OUT_OF_ORDER_SEQUENCE', () => log.append([numbered(2)], stamped(2)), { expected: 1 });
    await log.append([numbered(1)], stamped(1));
    await log.append([numbered(2)], stamped(2));
    expectNumbered(await everything(log), { count: 3 });
  });

  check('a newer epoch fences the older one, and starts at 0', async (log) => {
    await log.append([numbered(0)], stamped(0, { epoch: 3 }));
    await expectCode('OUT_OF_ORDER_SEQUENCE', () => log.append([numbered(1)], stamped(1, { epoch: 4 })));
    await log.append([numbered(1)], stamped(0, { epoch: 4 }));
    await expectCode('PRODUCER_FENCED', () => log.append([numbered(2)], stamped(1, { epoch: 3 })));
    await log.append([numbered(2)], stamped(1, { epoch: 4 }));
    expectNumbered(await everything(log), { count: 3 });
  });

  check('a producer that nobody knows starts at 0', async (log) => {
    await expectCode('UNKNOWN_PRODUCER', () => log.append([numbered(0)], stamped(5)));
    assert.equal(log.offsets().logEnd, 0);
  });

  check('producers do not disturb each other, nor appends without a stamp', async (log) => {
    const appends = Array.from({ length: 60 }, (_, i) =>
      log.append([numbered(i)], i % 4 === 3 ? {} : stamped(Math.floor(i / 4), { id: `p${i % 4}` })),
    );
    const results = await Promise.all(appends);
    results.forEach(({ baseOffset }, i) => {
      assert.equal(baseOffset, i);
    });
    expectNumbered(await everything(log), { count: 60 });
  });

  check('pipelined batches that follow from each other are all taken', async (log) => {
    const appends = Array.from({ length: 40 }, (_, i) => log.append([numbered(i)], stamped(i)));
    for (const [i, { baseOffset }] of (await Promise.all(appends)).entries()) assert.equal(baseOffset, i);
  });
}

function stampCases(check: LogCheck): void {
  check('what is no stamp is refused', async (log) => {
    const wrong = (producer: object): (() => Promise<unknown>) => {
      return () => log.append([numbered(0)], { producer } as AppendOptions);
    };
    assert.ok((await failureOf(wrong({ id: 5, epoch: 0, sequence: 0 }))) instanceof TypeError);
    for (const id of ['', 'x'.repeat(129), '\ud800'])
      await expectRangeError(wrong({ id, epoch: 0, sequence: 0 }));
    for (const epoch of [-1, 2 ** 32, 0.5]) await expectRangeError(wrong({ id: 'p', epoch, sequence: 0 }));
    for (const sequence of [-1, 0.5, Number.NaN, 2 ** 53]) {
      await expectRangeError(wrong({ id: 'p', epoch: 0, sequence }));
    }
    assert.equal(log.offsets().logEnd, 0);
  });

  check('what was truncated away may be sent again', async (log) => {
    await sendAll(log, 0, 10);
    await log.truncateAfter(6);
    await expectCode('OUT_OF_ORDER_SEQUENCE', () => log.append([numbered(8)], stamped(8)));
    await sendAll(log, 7, 10);
    expectNumbered(await everything(log), { count: 10 });
    assert.deepEqual(place(await log.append([numbered(9)], stamped(9))), [9, 9, true]);
  });

  check('what was deleted is still known to have been sent', async (log) => {
    await sendAll(log, 0, 10);
    await log.deleteRecordsBefore(10);
    assert.deepEqual(place(await log.append([numbered(9)], stamped(9))), [9, 9, true]);
    assert.equal(log.offsets().logEnd, 10);
  });
}

async function sendAll(log: PartitionLog, first: number, end: number): Promise<void> {
  for (let i = first; i < end; i++) await log.append([numbered(i)], stamped(i));
}
