import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate as turn } from 'node:timers/promises';

const RESOLUTION_MS = 1;
const MIN_DELAYS = 5;

export interface LoopDelay {
  /** Milliseconds that a timer of 1 ms is kept waiting: at least that one. */
  readonly p999: number;
  readonly max: number;
}

/** Does `step` again and again for so long, with one turn of the event loop after each, and watches how long turns take. */
export async function loopDelayDuring(step: () => Promise<unknown>, forMs: number): Promise<LoopDelay> {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const end = Date.now() + forMs;
  do {
    await step();
    await turn();
  } while (Date.now() < end || delay.count < MIN_DELAYS);
  delay.disable();
  return { p999: delay.percentile(99.9) / 1e6, max: delay.max / 1e6 };
}
