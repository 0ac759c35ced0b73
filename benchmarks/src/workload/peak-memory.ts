import { fillAndKill } from '../contender/child.js';
import { VALUE_BYTES } from '../contender/record-block.js';
import { contest } from './contest.js';
import type { Workload } from './workload.js';

/** The most memory that a process of its own has had after it has appended so many records in batches, Node's included. */
export const peakMemory: Workload = {
  id: 'memory',
  title: 'peak memory of a process that appends a million records in batches of 1000, not synced',
  metrics: [{ id: 'peakBytes', unit: 'bytes', better: 'lower' }],
  targets: [{ atMost: 80 * 2 ** 20 }],
  maxRounds: 2,
  turns: contest({
    isFor: ({ offers }) => offers.includes('append'),
    measure: async (contender, { directory, scale }) => ({
      peakBytes: await fillAndKill(contender, directory, {
        records: scale.appendsInChild,
        valueBytes: VALUE_BYTES,
      }),
    }),
  }),
};
