import { appendWorkload } from './append.js';
import { appends } from './appends.js';
import { compaction } from './compaction.js';
import { diskSize } from './disk-size.js';
import { latencyWorkload } from './latency.js';
import { loopDelays, recoveryLoopDelay } from './loop-delay.js';
import { machineLimits } from './machine-limits.js';
import { durablePartitions, manyPartitions } from './partitions.js';
import { peakMemory } from './peak-memory.js';
import { reads } from './reads.js';
import { largeRecovery, reopens } from './reopens.js';
import { offsetForTimestamp } from './timestamp.js';
import { unsealedRecovery } from './unsealed-recovery.js';
import { variantWorkloads } from './variant-workloads.js';
import type { Workload } from './workload.js';

/** All workloads, in the order in which they run and are reported. */
export const workloads: readonly Workload[] = [
  ...machineLimits,
  ...appends.map(appendWorkload),
  latencyWorkload({
    id: 'latency.written',
    title: 'latency of a single append, not synced',
    durable: false,
    followed: false,
  }),
  latencyWorkload({
    id: 'latency.durable',
    title: 'latency of a single append, durable',
    durable: true,
    followed: false,
  }),
  latencyWorkload({
    id: 'latency.tail',
    title: 'from a single append, not synced, until a follower has the record',
    targets: [
      { metric: 'p50', to: 'peer', atLeast: 4 },
      { metric: 'p99', to: 'peer', atLeast: 4 },
    ],
    durable: false,
    followed: true,
  }),
  ...reads,
  offsetForTimestamp,
  diskSize,
  peakMemory,
  durablePartitions,
  manyPartitions,
  compaction,
  ...variantWorkloads,
  ...reopens,
  ...loopDelays,
  largeRecovery,
  recoveryLoopDelay,
  unsealedRecovery,
];
