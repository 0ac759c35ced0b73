import type { RateLimits } from '../measure/rate.js';

/** How much is measured: the work is the same, there is more or less of it. */
export interface Scale {
  readonly name: 'full' | 'quick' | 'smoke';
  readonly rounds: number;
  readonly rate: RateLimits;
  /** Warm-up of the first round in seconds: until the compiler has seen everything. */
  readonly firstWarmUp: number;
  /** Records in the stores that are read, reopened and recovered; a multiple of 1,000. */
  readonly storedRecords: number;
  /** How long appends go on while the delay of the event loop is watched. */
  readonly loopDelayMs: number;
  /** Appends whose latency is taken, not synced and synced. */
  readonly latencies: number;
  readonly durableLatencies: number;
}

export const full: Scale = {
  name: 'full',
  rounds: 5,
  // The fastest contender writes about 4 GB/s: longer runs would measure how the system throttles writers.
  rate: { warmUp: 0.02, minTime: 0.02, maxTime: 0.2, minSamples: 2 },
  firstWarmUp: 0.5,
  storedRecords: 500_000,
  loopDelayMs: 1500,
  latencies: 50_000,
  durableLatencies: 2000,
};

export const quick: Scale = {
  name: 'quick',
  rounds: 3,
  rate: { warmUp: 0.01, minTime: 0.01, maxTime: 0.04, minSamples: 2 },
  firstWarmUp: 0.15,
  storedRecords: 100_000,
  loopDelayMs: 120,
  latencies: 3000,
  durableLatencies: 150,
};

export const smoke: Scale = {
  name: 'smoke',
  rounds: 1,
  rate: { warmUp: 0.001, minTime: 0.001, maxTime: 0.002, minSamples: 1 },
  firstWarmUp: 0.001,
  storedRecords: 3000,
  loopDelayMs: 10,
  latencies: 50,
  durableLatencies: 5,
};
