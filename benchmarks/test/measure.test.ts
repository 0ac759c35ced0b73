import { describe, expect, test } from 'vitest';
import { randomIntegers } from '../src/contender/record-block.js';
import { LatencyHistogram } from '../src/measure/latency-histogram.js';
import { measureRate } from '../src/measure/rate.js';
import { median, spread } from '../src/measure/statistics.js';

const LIMITS = { warmUp: 0.001, minTime: 0.001, maxTime: 0.002, minSamples: 1 };

describe('a latency histogram', () => {
  test('finds percentiles within a thirty-second part of the exact ones', () => {
    const next = randomIntegers(3);
    const values = Array.from({ length: 5000 }, (_, i) => next() % 2 ** (4 + (i % 26)));
    const histogram = new LatencyHistogram();
    for (const value of values) histogram.record(value);
    const sorted = values.toSorted((a, b) => a - b);
    for (const percent of [0, 1, 25, 50, 90, 99, 99.9, 100]) {
      const exact = sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? Number.NaN;
      expect(Math.abs(histogram.percentile(percent) - exact)).toBeLessThanOrEqual(exact / 32);
    }
    expect(histogram.total).toBe(values.length);
  });

  test('is exact where it is fine, and knows nothing of nothing', () => {
    const histogram = new LatencyHistogram();
    expect(histogram.percentile(50)).toBeNaN();
    for (const value of [0, 31, 32, 33]) histogram.record(value);
    expect([25, 50, 75, 100].map((percent) => histogram.percentile(percent))).toEqual([0, 31, 32, 33]);
  });

  test('counts what is too long as the longest', () => {
    const histogram = new LatencyHistogram();
    histogram.record(Number.MAX_SAFE_INTEGER);
    expect(histogram.total).toBe(1);
    expect(histogram.percentile(100)).toBeGreaterThan(2 ** 40);
  });
});

describe('statistics of rounds', () => {
  test('take the middle', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([9, 1, 5, 7])).toBe(6);
    expect(median([])).toBeNaN();
    expect(spread([8, 10, 14])).toEqual({ median: 10, low: 8, high: 14, deviation: 0.3 });
  });
});

describe('a rate', () => {
  test('is a positive number, and every operation has ended before the next begins', async () => {
    let [running, most] = [0, 0];
    const rate = await measureRate(async () => {
      most = Math.max(most, ++running);
      await Promise.resolve();
      running--;
    }, LIMITS);
    expect(rate).toBeGreaterThan(0);
    expect(rate).toBeLessThan(Number.POSITIVE_INFINITY);
    expect(most).toBe(1);
  });

  test('rejects with what an operation rejects with, at whichever time it does', async () => {
    await expect(measureRate(() => Promise.reject(new Error('at once')), LIMITS)).rejects.toThrow('at once');
    const end = Date.now() + 2;
    const late = async (): Promise<void> => {
      await Promise.resolve();
      if (Date.now() > end) throw new Error('later');
    };
    await expect(measureRate(late, { ...LIMITS, maxTime: 5, minSamples: 1000 })).rejects.toThrow('later');
  });
});
