import { expect, test } from 'vitest';
import type { UnsyncedTail } from '../../src/contract/sync-policy.js';
import { CountedTail } from '../../src/log/unsynced-tail.js';
import { SystemClock } from '../../src/system/system-clock.js';

test('a copy of what is not synced has the time, which is read once for each decision', () => {
  let reads = 0;
  const clock = new SystemClock();
  clock.monotonicMs = () => ++reads;
  const tail = new CountedTail(clock);
  tail.add(10, 1);
  tail.look(2);
  const shown: UnsyncedTail = tail;
  const copy = { ...shown };
  expect(copy).toEqual({ bytes: 10, appends: 1, firstWriteMs: 1, nowMs: 2, waiters: 2 });
  expect([tail.nowMs, reads]).toEqual([2, 2]);
  tail.look(0);
  expect(tail.nowMs).toBe(3);
});
