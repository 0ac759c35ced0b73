import type { ScheduledCall } from '@seglog/core';
import type { SeededRandom, VirtualClock } from '@seglog/testing';

interface RoomTimer {
  readonly scheduled: ScheduledCall;
  ref(): RoomTimer;
  unref(): RoomTimer;
}

interface RoomTimers {
  setTimeout(callback: (...words: unknown[]) => void, delayMs?: number, ...words: unknown[]): RoomTimer;
  clearTimeout(timer: RoomTimer | undefined): void;
}

export function timersOf(clock: VirtualClock): RoomTimers {
  return {
    setTimeout(callback, delayMs = 1, ...words) {
      const scheduled = clock.schedule(delayMs, () => callback(...words));
      const timer: RoomTimer = { scheduled, ref: () => timer, unref: () => timer };
      return timer;
    },
    clearTimeout: (timer) => timer?.scheduled.cancel(),
  };
}

/** `Date` with a now of its own. */
export function dateOf(clock: VirtualClock): DateConstructor {
  const now = (): number => clock.nowMs();
  return new Proxy(Date, {
    construct: (target, words) => (words.length === 0 ? new target(now()) : Reflect.construct(target, words)),
    get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
  });
}

/** `Math` with a chance of its own. */
export function mathOf(random: SeededRandom): object {
  return Object.create(Math, { random: { value: () => random.below(2 ** 31) / 2 ** 31 } });
}
