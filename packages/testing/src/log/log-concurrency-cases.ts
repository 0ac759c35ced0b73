import assert from 'node:assert/strict';
import { type PartitionLog, SeglogError } from '@seglog/core';
import { SeededRandom } from '../simulated/seeded-random.js';
import { everything, expectNumbered, fill, type LogCheck, numbered, textOf, turn } from './log-fixture.js';

/** Many at once: readers beside writers, and readers whose ground is taken away. */
export function concurrencyCases(check: LogCheck): void {
  besideCases(check);
  underneathCases(check);
}

function besideCases(check: LogCheck): void {
  check('eight readers see one log, while it grows and rolls', async (log) => {
    const total = 600;
    const readers = Array.from({ length: 8 }, (_, i) => readAlong(log, { total, maxRecords: 1 + i * 9 }));
    for (let first = 0; first < total; first += 60) {
      await fill(log, { first, count: 60 });
      if (first % 180 === 0) await log.roll();
      await turn();
    }
    await log.sync();
    await Promise.all(readers);
    expectNumbered(await everything(log), { count: total });
  });

  check('readers under way stay right while the log is cut from both ends', async (log) => {
    const random = new SeededRandom(7);
    await fill(log, { count: 300 });
    const stop = new AbortController();
    const readers = Array.from({ length: 4 }, async () => {
      while (!stop.signal.aborted) {
        await readSomewhere(log, random);
        await turn();
      }
    });
    for (let round = 0; round < 8; round++) {
      await log.deleteRecordsBefore(round * 20);
      await log.truncateAfter(250 - round * 5);
      const first = log.offsets().logEnd;
      await fill(log, { first, count: 300 - first });
      await log.roll();
    }
    stop.abort();
    await Promise.all(readers);
    expectNumbered(await everything(log), { first: 140, count: 160 });
  });
}

function underneathCases(check: LogCheck): void {
  check('a long scan sees the log as it was when it began', async (log) => {
    await fill(log, { count: 200 });
    await log.sync();
    let expected = 0;
    const changes: Promise<unknown>[] = [];
    const next = await log.scan(0, ({ offset, value }) => {
      assert.equal(offset, expected);
      assert.equal(textOf(value), textOf(numbered(offset).value));
      if (offset === 10) changes.push(fill(log, { first: 200, count: 50 }), log.roll());
      if (offset === 20) changes.push(log.truncateAfter(99), log.deleteRecordsBefore(50));
      expected += 1;
    });
    assert.equal(next, 200);
    assert.equal(expected, 200);
    await Promise.allSettled(changes);
    expectNumbered(await everything(log), {
      first: log.offsets().logStart,
      count: 100 - log.offsets().logStart,
    });
  });

  check('every kind of call at once comes to an end', async (log) => {
    const random = new SeededRandom(11);
    await fill(log, { count: 100 });
    const calls = Array.from({ length: 150 }, () => anyCall(log, random));
    const outcomes = await Promise.allSettled(calls);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') {
        assert.ok(SeglogError.is(outcome.reason, 'OFFSET_OUT_OF_RANGE'), String(outcome.reason));
      }
    }
    const records = await everything(log);
    records.forEach(({ offset }, i) => {
      assert.equal(offset, log.offsets().logStart + i);
    });
  });
}

async function readAlong(
  log: PartitionLog,
  { total, maxRecords }: { readonly total: number; readonly maxRecords: number },
): Promise<void> {
  for (let from = 0; from < total; ) {
    const { records, nextOffset } = await log.read(from, { maxRecords });
    expectNumbered(records, { first: from, count: records.length });
    assert.equal(nextOffset, from + records.length);
    if (records.length === 0) await turn();
    from = nextOffset;
  }
}

/** A read, a scan or a look-up at a random place: right for the log as it is or was, or out of its range. */
async function readSomewhere(log: PartitionLog, random: SeededRandom): Promise<void> {
  const from = random.below(310);
  try {
    if (random.below(2) === 0) {
      const { records } = await log.read(from, { maxRecords: 50 });
      expectNumbered(records, { first: from, count: records.length });
    } else {
      let expected = from;
      await log.scan(from, ({ offset, value }) => {
        assert.equal(offset, expected);
        assert.equal(textOf(value), textOf(numbered(offset).value));
        expected += 1;
      });
    }
  } catch (error) {
    if (!SeglogError.is(error, 'OFFSET_OUT_OF_RANGE')) throw error;
  }
}

function anyCall(log: PartitionLog, random: SeededRandom): Promise<unknown> {
  const { logStart, logEnd } = log.offsets();
  const place = logStart + random.below(logEnd - logStart + 1);
  const calls: readonly (() => Promise<unknown>)[] = [
    () => log.append([{ value: new Uint8Array(50) }]),
    () => log.append([{ value: new Uint8Array(50) }, { value: null }], { acknowledge: 'synced' }),
    () => log.read(place),
    () => log.scan(place, () => undefined),
    () => log.offsetForTimestamp(place),
    () => log.roll(),
    () => log.sync(),
    () => log.truncateAfter(Math.max(logStart, logEnd - 5)),
    () => log.deleteRecordsBefore(Math.min(place, logStart + 3)),
  ];
  return (calls[random.below(calls.length)] ?? assert.fail('no such call'))();
}
