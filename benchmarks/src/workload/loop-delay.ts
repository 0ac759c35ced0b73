import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { recordBlocks } from '../contender/record-block.js';
import type { Workload } from './workload.js';

const RESOLUTION_MS = 1;
const MIN_DELAYS = 5;

/** How long a timer of 1 ms is kept waiting while batches are appended, with a turn of the event loop between them. */
export const loopDelay: Workload = {
  id: 'loop',
  title: 'event-loop delay while batches of 1000 are appended, not synced',
  metrics: [
    { id: 'p999', unit: 'ms', better: 'lower' },
    { id: 'max', unit: 'ms', better: 'lower' },
  ],
  isFor: ({ offers }) => offers.includes('append'),
  measure: async (contender, { directory, scale }) => {
    const blocks = recordBlocks({ blocks: 1, recordsPerBlock: 1000 });
    const store = await contender.open({ directory, durable: false, grouped: false });
    const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    delay.enable();
    const end = Date.now() + scale.loopDelayMs;
    for (; Date.now() < end || delay.count < MIN_DELAYS; await turn()) {
      for (const block of blocks) await store.append(block);
    }
    delay.disable();
    await store.close();
    return { p999: delay.percentile(99.9) / 1e6, max: delay.max / 1e6 };
  },
};
