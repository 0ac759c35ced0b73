import { performance } from 'node:perf_hooks';
import type { Store } from '../contender/contender.js';
import { type RecordBlock, recordBlocks, VALUE_BYTES } from '../contender/record-block.js';
import { LatencyHistogram } from '../measure/latency-histogram.js';
import { contest } from './contest.js';
import type { Metric, Target, Values, Workload } from './workload.js';

const PERCENTILES = { p50: 50, p99: 99, p999: 99.9 };

const microseconds = (id: string): Metric => ({ id, unit: 'us', better: 'lower' });

export interface LatencyShape {
  readonly id: string;
  readonly title: string;
  readonly targets?: readonly Target[];
  readonly durable: boolean;
  /** Until a follower has the record, not only until the append is done. */
  readonly followed: boolean;
}

/** How long a single append takes, made and awaited one after the other. */
export function latencyWorkload({ durable, followed, ...shape }: LatencyShape): Workload {
  return {
    ...shape,
    metrics: [microseconds('p99'), microseconds('p50'), microseconds('p999')],
    turns: contest({
      isFor: ({ offers }) => offers.includes(followed ? 'follow' : 'append'),
      measure: async (contender, { directory, scale, watch }) => {
        const store = await contender.open({ directory, durable, valueBytes: VALUE_BYTES });
        const blocks = recordBlocks({ blocks: 1000, recordsPerBlock: 1 });
        const step = followed ? followedAppend(store) : (block: RecordBlock) => store.append(block);
        const appends = durable ? scale.durableLatencies : scale.latencies;
        await timed(step, blocks, appends >> 3);
        const histogram = await watch(() => timed(step, blocks, appends));
        await store.close();
        return percentilesOf(histogram);
      },
    }),
  };
}

/** Who has no followers is told by its own append, and reads. */
function followedAppend(store: Store): (block: RecordBlock) => Promise<unknown> {
  const follower = store.follow?.();
  if (follower !== undefined) return (block) => Promise.all([follower.next(), store.append(block)]);
  let offset = 0;
  return async (block) => {
    await store.append(block);
    await store.read(offset++);
  };
}

async function timed(
  step: (block: RecordBlock) => Promise<unknown>,
  blocks: readonly RecordBlock[],
  appends: number,
): Promise<LatencyHistogram> {
  const histogram = new LatencyHistogram();
  for (let i = 0; i < appends; i++) {
    const block = blocks[i % blocks.length];
    if (block === undefined) continue;
    const started = performance.now();
    await step(block);
    histogram.record((performance.now() - started) * 1e6);
  }
  return histogram;
}

function percentilesOf(histogram: LatencyHistogram): Values {
  return Object.fromEntries(
    Object.entries(PERCENTILES).map(([id, percent]) => [id, histogram.percentile(percent) / 1e3]),
  );
}
