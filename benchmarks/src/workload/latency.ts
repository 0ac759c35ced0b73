import { performance } from 'node:perf_hooks';
import type { Store } from '../contender/contender.js';
import { type RecordBlock, recordBlocks } from '../contender/record-block.js';
import { LatencyHistogram } from '../measure/latency-histogram.js';
import type { Metric, Workload } from './workload.js';

const PERCENTILES = { p50: 50, p99: 99, p999: 99.9 };

const microseconds = (id: string): Metric => ({ id, unit: 'us', better: 'lower' });

/** How long a single append takes, made and awaited one after the other. */
export function latencyWorkload(shape: {
  readonly id: string;
  readonly title: string;
  readonly durable: boolean;
}): Workload {
  return {
    id: shape.id,
    title: shape.title,
    metrics: [microseconds('p99'), microseconds('p50'), microseconds('p999')],
    isFor: ({ offers }) => offers.includes('append'),
    measure: async (contender, { directory, scale }) => {
      const store = await contender.open({ directory, durable: shape.durable, grouped: false });
      const blocks = recordBlocks({ blocks: 1000, recordsPerBlock: 1 });
      const appends = shape.durable ? scale.durableLatencies : scale.latencies;
      await timeAppends(store, blocks, appends >> 3);
      const histogram = await timeAppends(store, blocks, appends);
      await store.close();
      const values = Object.entries(PERCENTILES).map(([id, percent]) => [
        id,
        histogram.percentile(percent) / 1e3,
      ]);
      return Object.fromEntries(values);
    },
  };
}

async function timeAppends(
  store: Store,
  blocks: readonly RecordBlock[],
  appends: number,
): Promise<LatencyHistogram> {
  const histogram = new LatencyHistogram();
  for (let i = 0; i < appends; i++) {
    const block = blocks[i % blocks.length];
    if (block === undefined) continue;
    const started = performance.now();
    await store.append(block);
    histogram.record((performance.now() - started) * 1e6);
  }
  return histogram;
}
