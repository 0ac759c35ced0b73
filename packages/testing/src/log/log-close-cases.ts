import assert from 'node:assert/strict';
import type { PartitionLog } from '@seglog/core';
import { expectCode, failureOf } from '../expectation.js';
import { fill, type LogCheck, numbered } from './log-fixture.js';

/** How a log ends. */
export function closeCases(check: LogCheck): void {
  settlingCases(check);
  closedCases(check);
}

function settlingCases(check: LogCheck): void {
  check('closing again is the same as closing once', async (log) => {
    await fill(log, { count: 5 });
    await Promise.all([log.close(), log.close()]);
    await log.close();
    await log[Symbol.asyncDispose]();
  });

  check('everything that waits is settled once, and what was answered is counted', async (log) => {
    const settled = new Map<number, number>();
    const appends = Array.from({ length: 60 }, async (_, i) => {
      const count = (): void => void settled.set(i, (settled.get(i) ?? 0) + 1);
      await log.append([numbered(i)]).then(count, count);
    });
    const others = [
      log.roll(),
      log.sync(),
      log.whenDurable(1000),
      log.truncateAfter(29),
      log.deleteRecordsBefore(0),
    ];
    const closing = log.close();
    const outcomes = await Promise.allSettled([...appends, ...others]);
    await closing;
    assert.equal(outcomes.length, 65);
    assert.deepEqual(
      [...settled.values()],
      Array.from({ length: 60 }, () => 1),
    );
  });

  check(
    'appends that wait outside a full line are settled too',
    async (log) => {
      const appends = Array.from({ length: 30 }, (_, i) => log.append([numbered(i)]));
      const closing = log.close();
      const outcomes = await Promise.allSettled(appends);
      await closing;
      const written = outcomes.filter(({ status }) => status === 'fulfilled').length;
      for (const [i, { status }] of outcomes.entries()) {
        assert.equal(status, i < written ? 'fulfilled' : 'rejected', 'none overtakes another');
      }
    },
    { maxQueuedBytes: 200 },
  );
}

function closedCases(check: LogCheck): void {
  check('a closed log answers every call with LOG_CLOSED', async (log) => {
    await fill(log, { count: 5 });
    await log.close();
    for (const call of callsOn(log)) await expectCode('LOG_CLOSED', call);
  });

  check('a call after close is refused at once, while the log is still closing', async (log) => {
    const before = fill(log, { count: 50 });
    const closing = log.close();
    for (const call of callsOn(log)) await expectCode('LOG_CLOSED', call);
    await Promise.allSettled([before, closing]);
  });

  check('reads that are under way when the log closes get what they asked for, or are told', async (log) => {
    await fill(log, { count: 200 });
    const reads = Array.from({ length: 20 }, (_, i) => log.read(i * 10).catch((error: unknown) => error));
    await log.close();
    for (const [i, outcome] of (await Promise.all(reads)).entries()) {
      if (outcome instanceof Error) await expectCode('LOG_CLOSED', () => Promise.reject(outcome));
      else assert.equal((outcome as { records: { offset: number }[] }).records[0]?.offset, i * 10);
    }
  });

  check('an aborted wait rejects with its own reason, not with that of the close', async (log) => {
    const control = new AbortController();
    const reason = new Error('no longer wanted');
    const failure = failureOf(() => log.whenDurable(10, { signal: control.signal }));
    control.abort(reason);
    await log.close();
    assert.equal(await failure, reason);
  });
}

function callsOn(log: PartitionLog): readonly (() => unknown)[] {
  return [
    () => log.append([numbered(0)]),
    () => log.read(0),
    () => log.scan(0, () => undefined),
    () => log.offsetForTimestamp(0),
    () => log.whenDurable(0),
    () => log.deleteRecordsBefore(1),
    () => log.truncateAfter(0),
    () => log.roll(),
    () => log.sync(),
    () => log.offsets(),
    () => log.stats(),
    () => log.tail('earliest')[Symbol.asyncIterator]().next(),
  ];
}
