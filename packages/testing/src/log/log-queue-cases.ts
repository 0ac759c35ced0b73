import assert from 'node:assert/strict';
import type { AppendOptions, PartitionLog } from '@seglog/core';
import { expectCode, failureOf } from '../expectation.js';
import { everything, expectNumbered, fill, type LogCheck, numbered, turn } from './log-fixture.js';

/** What happens in line: places, who gets them, and who leaves. */
export function queueCases(check: LogCheck): void {
  placeCases(check);
  signalCases(check);
}

function placeCases(check: LogCheck): void {
  check(
    'a full queue turns away who would rather not wait, and nobody else',
    async (log) => {
      const options: AppendOptions = { whenFull: 'reject' };
      const given = { value: new Uint8Array(400) };
      const appends = Array.from({ length: 10 }, () => log.append([given], options));
      const outcomes = await Promise.allSettled(appends);
      const refused = outcomes.filter(({ status }) => status === 'rejected');
      assert.ok(refused.length > 0 && refused.length < 10, `${refused.length} of 10 refused`);
      for (const outcome of refused) {
        if (outcome.status === 'rejected')
          await expectCode('QUEUE_FULL', () => Promise.reject(outcome.reason));
      }
      assert.equal(log.offsets().logEnd, 10 - refused.length);
    },
    { maxQueuedBytes: 1000 },
  );

  check(
    'who waits for a place gets it in order, however little fits in line',
    async (log) => {
      await fill(log, { count: 120 });
      expectNumbered(await everything(log), { count: 120 });
      assert.equal(log.stats().queuedBytes, 0);
    },
    { maxQueuedBytes: 300 },
  );

  check(
    'an append larger than the whole queue has its turn',
    async (log) => {
      const large = { value: new Uint8Array(900) };
      await Promise.all([log.append([numbered(0)]), log.append([large]), log.append([large])]);
      assert.equal(log.offsets().logEnd, 3);
    },
    { maxQueuedBytes: 100 },
  );
}

function signalCases(check: LogCheck): void {
  const reason = new Error('no longer wanted');

  check('an append that was aborted before is not begun', async (log) => {
    const append = log.append([numbered(0)], { signal: AbortSignal.abort(reason) });
    assert.equal(await failureOf(() => append), reason);
    assert.equal((await log.append([numbered(0)])).baseOffset, 0);
  });

  check('an append that is aborted in line leaves no trace and takes no offset', async (log) => {
    const control = new AbortController();
    const before = log.append([numbered(0)]);
    const aborted = log.append([numbered(99)], { signal: control.signal });
    const after = log.append([numbered(1)]);
    control.abort(reason);
    assert.equal(await failureOf(() => aborted), reason);
    assert.deepEqual([(await before).baseOffset, (await after).baseOffset], [0, 1]);
    expectNumbered(await everything(log), { count: 2 });
  });

  check(
    'those who wait behind an aborted append are not forgotten',
    async (log) => {
      const controls = Array.from({ length: 6 }, () => new AbortController());
      const appends = controls.map(({ signal }) => log.append([{ value: new Uint8Array(90) }], { signal }));
      const last = log.append([numbered(0)]);
      for (const control of controls) control.abort(reason);
      for (const append of appends) assert.equal(await failureOf(() => append), reason);
      assert.equal((await last).baseOffset, 0);
    },
    { maxQueuedBytes: 100 },
  );

  check('an abort that comes at any later time finds the append done or undone', async (log) => {
    for (let turns = 0; turns < 6; turns++) await abortAfter(log, turns, reason);
  });
}

async function abortAfter(log: PartitionLog, turns: number, reason: Error): Promise<void> {
  const control = new AbortController();
  const start = log.offsets().logEnd;
  const append = log.append([numbered(turns)], { signal: control.signal, acknowledge: 'written' });
  const outcome = append.then(
    () => 'done',
    (error: unknown) => error,
  );
  for (let i = 0; i < turns; i++) await (turns % 2 === 0 ? Promise.resolve() : turn());
  control.abort(reason);
  const undone = (await outcome) === reason;
  assert.ok(undone || (await outcome) === 'done', String(await outcome));
  assert.equal(log.offsets().logEnd, undone ? start : start + 1);
}
