import { readFileSync } from 'node:fs';
import type { Watch } from '../measure/watch.js';
import type { Usage } from './profile.js';
import type { Interval } from './shares.js';

/** What was watched, of one part of a workload or of all. */
export interface Watched {
  readonly part: string | undefined;
  readonly interval: Interval;
  /** Microseconds on a core, all threads; and blocked, this one. */
  readonly user: number;
  readonly system: number;
  readonly blocked: number;
}

/** Notes when each watched piece of work began and ended, by the clock of V8's profiles, and what it used. */
export function watching(seen: Watched[]): Watch {
  return async (work, part) => {
    const [cpu, awake, from] = [process.cpuUsage(), awakeTime(), microseconds()];
    try {
      return await work();
    } finally {
      const to = microseconds();
      const { user, system } = process.cpuUsage(cpu);
      const busy = awake === undefined ? user + system : (awakeTime() ?? 0) - awake;
      seen.push({ part, interval: { from, to }, user, system, blocked: Math.max(0, to - from - busy) });
    }
  };
}

/** How long all this took, in microseconds. */
export function lengthOf(seen: readonly Watched[]): number {
  return seen.reduce((sum, { interval: { from, to } }) => sum + to - from, 0);
}

export function usageOf(seen: readonly Watched[]): Usage {
  const length = lengthOf(seen);
  const part = (key: 'user' | 'system' | 'blocked'): number =>
    Number((seen.reduce((sum, watched) => sum + watched[key], 0) / length).toFixed(4));
  const [user, system, blocked] = [part('user'), part('system'), part('blocked')];
  return { seconds: length / 1e6, user, system, blocked };
}

function microseconds(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

/** Microseconds that this thread was on a core or waited for one, where the system tells. */
function awakeTime(): number | undefined {
  try {
    const [running = 0, queued = 0] = readFileSync('/proc/self/schedstat', 'utf8').split(' ').map(Number);
    return (running + queued) / 1000;
  } catch {
    return undefined;
  }
}
