import { describe, expect, test } from 'vitest';
import {
  type Clock,
  groupCommit,
  MemoryDirectory,
  type ScheduleOptions,
  SystemClock,
  syncNever,
} from '../../src/index.js';
import { closeCleanly, openOn, record } from './log-bench.js';

/** The system's clock, with a note of how each call was scheduled. */
class WatchedClock implements Clock {
  public readonly scheduled: { readonly delayMs: number; readonly keepsAlive: boolean }[] = [];
  readonly #system = new SystemClock();

  public nowMs(): number {
    return this.#system.nowMs();
  }

  public monotonicMs(): number {
    return this.#system.monotonicMs();
  }

  public schedule(delayMs: number, callback: () => void, options: ScheduleOptions = {}) {
    this.scheduled.push({ delayMs, keepsAlive: options.keepsAlive ?? false });
    return this.#system.schedule(delayMs, callback, options);
  }
}

const deadlines = (clock: WatchedClock) => clock.scheduled.filter(({ delayMs }) => delayMs <= 30);

describe('a deadline', () => {
  const delays = { maxDelayMs: 30 };

  test('keeps the process alive while an append waits for it', async () => {
    const clock = new WatchedClock();
    const open = await openOn(new MemoryDirectory(), { parts: { clock, syncPolicy: groupCommit(delays) } });
    expect((await open.log.append([record('a')])).durability).toBe('synced');
    expect(deadlines(clock).map(({ keepsAlive }) => keepsAlive)).toEqual([true]);
    await closeCleanly(open);
  });

  test('keeps it alive for one who comes to wait later, too', async () => {
    const clock = new WatchedClock();
    const open = await openOn(new MemoryDirectory(), { parts: { clock, syncPolicy: groupCommit(delays) } });
    await open.log.append([record('a')], { acknowledge: 'written' });
    await open.log.append([record('b')]);
    expect(deadlines(clock).map(({ keepsAlive }) => keepsAlive)).toEqual([false, true]);
    expect(open.log.offsets().durable).toBe(2);
    await closeCleanly(open);
  });
});

test('many written bytes become durable although no policy asks and nobody waits', async () => {
  const parts = { syncPolicy: syncNever() };
  const open = await openOn(new MemoryDirectory(), { parts, settings: { writebackBytes: 1000 } });
  await open.log.append([record('a', 500)]);
  for (let turn = 0; turn < 100; turn++) await Promise.resolve();
  expect(open.log.offsets().durable).toBe(0);
  await open.log.append([record('b', 500)]);
  for (let turn = 0; turn < 100; turn++) await Promise.resolve();
  expect(open.log.offsets().durable).toBe(2);
  await closeCleanly(open);
});
