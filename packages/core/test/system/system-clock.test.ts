import { expect, test } from 'vitest';
import { SystemClock } from '../../src/index.js';

const clock = new SystemClock();

test('what is due at once comes in the next turn, after what runs now', async () => {
  const seen: string[] = [];
  const called = new Promise<void>((resolve) => {
    clock.schedule(
      0,
      () => {
        seen.push('call');
        resolve();
      },
      { keepsAlive: true },
    );
  });
  await Promise.resolve();
  seen.push('microtask');
  await called;
  expect(seen).toEqual(['microtask', 'call']);
});

test.each([0, 1])('a call of %i ms that was cancelled never comes', async (delayMs) => {
  let calls = 0;
  clock.schedule(delayMs, () => calls++).cancel();
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(calls).toBe(0);
});

test('a call never comes before its time', async () => {
  const started = clock.monotonicMs();
  await new Promise<void>((resolve) => {
    clock.schedule(3, resolve, { keepsAlive: true });
  });
  expect(clock.monotonicMs() - started).toBeGreaterThanOrEqual(3);
});
