import { performance } from 'node:perf_hooks';
import Benchmark from 'benchmark';
import type { Watch } from './watch.js';

/** How long one benchmark takes, in seconds. */
export interface RateLimits {
  /** Runs that long before anything counts. */
  readonly warmUp: number;
  /** Shortest sample that counts. */
  readonly minTime: number;
  /** Samples are taken for about this long, calibration not included. */
  readonly maxTime: number;
  readonly minSamples: number;
  /** Goes around the operations of a run that nobody times: benchmark.js, which pauses between its samples, stays out of it. */
  readonly watch?: Watch | undefined;
}

/**
 * How often per second `operation` runs, one after the other, by benchmark.js. It runs for a while before that counts.
 * An operation that rejects ends the measurement, which rejects with the same reason. `part`: see {@link Watch}.
 */
export async function measureRate(
  operation: () => Promise<unknown>,
  limits: RateLimits,
  part?: string,
): Promise<number> {
  const { warmUp, maxTime, watch } = limits;
  await runFor(warmUp, operation);
  return watch === undefined ? runSuite(operation, limits) : watch(() => runFor(maxTime, operation), part);
}

/** Resolves with the runs per second; there is at least one. */
async function runFor(seconds: number, operation: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  let [runs, ms] = [0, 0];
  for (; runs === 0 || ms < seconds * 1000; ms = performance.now() - started) {
    await operation();
    runs++;
  }
  return (runs * 1000) / ms;
}

function runSuite(operation: () => Promise<unknown>, limits: RateLimits): Promise<number> {
  return new Promise((resolve, reject) => {
    const { minTime, maxTime, minSamples } = limits;
    const suite = new Benchmark.Suite();
    const fail = (error: unknown): void => {
      suite.abort();
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    // Without setup and teardown benchmark.js calls this function; with them it would compile its source anew.
    const run = (deferred: Benchmark.Deferred): void => {
      operation().then(() => deferred.resolve(), fail);
    };
    suite.add('rate', run, { defer: true, delay: 0.001, initCount: 1, minTime, maxTime, minSamples });
    suite.on('error', (event: Benchmark.Event) => fail(errorOf(event)));
    suite.on('complete', () => resolve(rateOf(suite)));
    suite.run({ async: true });
  });
}

function errorOf(event: Benchmark.Event): unknown {
  return 'error' in event.target ? event.target.error : 'benchmark.js reports an error';
}

function rateOf(suite: Benchmark.Suite): number {
  const [rate] = suite.map((benchmark: Benchmark) => benchmark.hz) as readonly number[];
  return rate ?? 0;
}
