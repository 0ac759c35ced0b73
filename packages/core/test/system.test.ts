import { describe, expect, test } from 'vitest';
import { SystemClock, SystemRandom } from '../src/index.js';

const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;

describe('SystemClock', () => {
  const clock = new SystemClock();

  test('tells integer wall time and a monotonic time that never falls', () => {
    expect(Number.isSafeInteger(clock.nowMs())).toBe(true);
    expect(Math.abs(clock.nowMs() - Date.now())).toBeLessThan(60_000);
    let last = clock.monotonicMs();
    for (let step = 0; step < 1000; step += 1) {
      const next = clock.monotonicMs();
      expect(next).toBeGreaterThanOrEqual(last);
      last = next;
    }
  });

  test.each([0, 0.3, 1, 5, 20])(
    'a call in %d ms comes once, not before its time and not at once',
    async (delayMs) => {
      const startMs = clock.monotonicMs();
      let inside = true;
      const calledMs = await new Promise<number>((resolve, reject) => {
        clock.schedule(delayMs, () => (inside ? reject(new Error('inside')) : resolve(clock.monotonicMs())));
        inside = false;
        setTimeout(() => undefined, 200);
      });
      expect(calledMs - startMs).toBeGreaterThanOrEqual(delayMs);
    },
  );

  test('a cancelled call never comes, and may be cancelled again', async () => {
    const calls: string[] = [];
    const early = clock.schedule(1, () => calls.push('cancelled'));
    early.cancel();
    early.cancel();
    const late = clock.schedule(1, () => calls.push('kept'));
    await new Promise((resolve) => setTimeout(resolve, 30));
    late.cancel();
    expect(calls).toEqual(['kept']);
  });

  test('a delay beyond the longest timer does not come at once', async () => {
    let called = false;
    const call = clock.schedule(2 ** 40, () => {
      called = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    call.cancel();
    expect(called).toBe(false);
  });

  test('a call keeps the process alive only if it is asked to', () => {
    const before = timers();
    const idle = clock.schedule(60_000, () => undefined);
    expect(timers()).toBe(before);
    const awaited = clock.schedule(60_000, () => undefined, { keepsAlive: true });
    expect(timers()).toBe(before + 1);
    idle.cancel();
    awaited.cancel();
    expect(timers()).toBe(before);
  });

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('a delay of %d is refused', (delayMs) => {
    expect(() => clock.schedule(delayMs, () => undefined)).toThrow(RangeError);
  });
});

describe('SystemRandom', () => {
  const random = new SystemRandom();

  test('gives fresh bytes, each time others', () => {
    const seen = new Set(Array.from({ length: 1000 }, () => random.bytes(16).toString()));
    expect(seen.size).toBe(1000);
    expect(random.bytes(1)).toHaveLength(1);
    expect(random.bytes(64)).toHaveLength(64);
  });

  test.each([0, -1, 65, 1.5, Number.NaN])('%d bytes are refused', (count) => {
    expect(() => random.bytes(count)).toThrow(RangeError);
  });
});
