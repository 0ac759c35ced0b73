import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
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

/** A process that has nothing to do but to wait for three seconds says how long a call for at once took. */
const IDLE = `
  const { SystemClock } = await import(process.argv[1]);
  const started = performance.now();
  const end = setTimeout(() => undefined, 3000);
  const called = () => {
    console.log(performance.now() - started);
    clearTimeout(end);
  };
  setTimeout(() => new SystemClock().schedule(0, called), 10);
`;

test('a call that keeps nothing alive comes before an idle process has something else to do', async () => {
  const index = new URL('../../dist/index.js', import.meta.url).href;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', IDLE, index]);
  expect(Number(stdout)).toBeLessThan(2000);
});

test('a call never comes before its time', async () => {
  const started = clock.monotonicMs();
  await new Promise<void>((resolve) => {
    clock.schedule(3, resolve, { keepsAlive: true });
  });
  expect(clock.monotonicMs() - started).toBeGreaterThanOrEqual(3);
});
