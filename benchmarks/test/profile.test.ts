import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { measureRate } from '../src/measure/rate.js';
import { namedFunction } from '../src/profile/function-name.js';
import { Sampler } from '../src/profile/sampler.js';
import { type CpuProfile, sharesOf } from '../src/profile/shares.js';
import { usageOf, type Watched, watching } from '../src/profile/watching.js';
import type { Report } from '../src/report/report.js';
import { bench, newDirectory } from './bench-command.js';

const named = (functionName: string, url: string): readonly string[] => {
  const { name, group } = namedFunction({ functionName, url });
  return [name, group];
};
const native = (functionName: string): { functionName: string; url: string } => ({ functionName, url: '' });
/** Of the 700 us of the profile that is made by hand. */
const rounded = (time: number): number => Number((time / 700).toFixed(4));
const WRITER = 'file:///a/packages/core/dist/codec/batch-frame-writer.js';
const names = { functionName: 'writeRecords', url: WRITER };

describe('a function', () => {
  test('is named with its file, and belongs to somebody', () => {
    expect(named('writeRecords', WRITER)).toEqual(['writeRecords core/codec/batch-frame-writer', 'store']);
    expect(named('', 'file:///a/packages/core/src/log/log.ts')).toEqual([
      '(anonymous) core/log/log',
      'store',
    ]);
    expect(named('run', 'file:///a/benchmarks/dist/measure/rate.js')).toEqual([
      'run benchmarks/measure/rate',
      'benchmark',
    ]);
    expect(named('clone', '/a/node_modules/lodash/lodash.js')).toEqual(['clone lodash', 'benchmark']);
    expect(named('pack', '/a/node_modules/@b/c/dist/d.js')).toEqual(['pack @b/c', 'store']);
    expect(named('writeSync', 'node:fs')).toEqual(['writeSync node:fs', 'runtime']);
    expect(named('writeBuffer', '')).toEqual(['writeBuffer (native)', 'system']);
    expect(named('copy', '')).toEqual(['copy (native)', 'runtime']);
    expect(named('(garbage collector)', '')).toEqual(['(garbage collector)', 'garbage']);
    expect(named('(idle)', '')).toEqual(['(idle)', 'idle']);
  });

  test('of an addon is named after its caller', () => {
    expect(namedFunction({ functionName: '', url: '' }, names)).toEqual({
      name: '(addon) called by writeRecords core/codec/batch-frame-writer',
      group: 'store',
    });
  });
});

describe('the shares of a profile', () => {
  const profile: CpuProfile = {
    startTime: 1000,
    nodes: [
      { id: 1, callFrame: native('(root)'), children: [2, 3, 4, 6] },
      { id: 2, callFrame: names, children: [5] },
      { id: 3, callFrame: native('(idle)') },
      { id: 4, callFrame: native('writeBuffer') },
      { id: 5, callFrame: native('') },
      { id: 6, callFrame: names },
    ],
    samples: [3, 2, 5, 4, 6, 3, 3],
    // Taken at 1100, 1200, 1240, 1300, 1400, 1500 and 1700.
    timeDeltas: [100, 100, 40, 60, 100, 100, 200],
  };

  test('are those of the time that led to each sample', () => {
    const { samples, groups, functions } = sharesOf(profile, [{ from: 1000, to: 1700 }]);
    expect(samples).toBe(7);
    expect(groups).toEqual({
      store: rounded(240),
      runtime: 0,
      system: rounded(60),
      garbage: 0,
      idle: rounded(400),
      benchmark: 0,
    });
    expect(functions).toEqual([
      { name: '(idle)', group: 'idle', share: rounded(400) },
      { name: 'writeRecords core/codec/batch-frame-writer', group: 'store', share: rounded(200) },
      { name: 'writeBuffer (native)', group: 'system', share: rounded(60) },
      {
        name: '(addon) called by writeRecords core/codec/batch-frame-writer',
        group: 'store',
        share: rounded(40),
      },
    ]);
  });

  test('count only what lies in the intervals', () => {
    const { samples, functions } = sharesOf(profile, [
      { from: 1150, to: 1250 },
      { from: 1350, to: 1450 },
    ]);
    expect(samples).toBe(3);
    expect(functions.map(({ share }) => share)).toEqual([0.7143, 0.2857]);
    expect(sharesOf(profile, []).samples).toBe(0);
  });

  test('say who burns most of the time', async () => {
    const sampler = await Sampler.start();
    const seen: Watched[] = [];
    for (let turn = 0; turn < 2; turn++) {
      const limits = { warmUp: 0, minTime: 0, maxTime: 0.2, minSamples: 1, watch: watching(seen) };
      await measureRate(async () => seventy() + thirty(), limits);
    }
    const found = sharesOf(
      await sampler.stop(),
      seen.map(({ interval }) => interval),
    );
    const share = (name: string): number =>
      found.functions.find((one) => one.name === `${name} profile.test.ts`)?.share ?? 0;
    expect(share('seventy')).toBeGreaterThan(0.5);
    expect(share('thirty')).toBeGreaterThan(0.1);
    expect(share('thirty')).toBeLessThan(share('seventy'));
    expect(usageOf(seen).user).toBeGreaterThan(0);
  });
});

function seventy(): number {
  let sum = 0;
  for (let i = 0; i < 700_000; i++) sum = (sum * 31 + i) | 0;
  return sum;
}

function thirty(): number {
  let sum = 0;
  for (let i = 0; i < 300_000; i++) sum = (sum * 31 + i) | 0;
  return sum;
}

describe('the command', () => {
  const place = newDirectory();

  test('finds our own functions where the time goes', () => {
    const json = join(place.path, 'report.json');
    const only = ['--smoke', '--only', 'append.batch,memory', '--peers', 'none', '--dir', place.path];
    const run = bench(...only, '--profile', '--json', json);
    expect(run.status, String(run.stderr)).toBe(0);
    const found = JSON.parse(readFileSync(json, 'utf8')) as Report;
    expect(found.profiles?.left).toEqual(['memory seglog']);
    const [profile] = found.profiles?.taken ?? [];
    // Whichever of our rows was the faster one.
    expect(profile).toMatchObject({
      workload: 'append.batch',
      contender: expect.stringMatching(/^seglog( crt)?$/),
    });
    expect(profile?.functions.map(({ name }) => name)).toContainEqual(
      expect.stringMatching(/^\S+ core\/\w+\//),
    );
    expect(Object.values(profile?.groups ?? {}).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 2);
    expect(run.stdout).toContain(`where the time of ${profile?.contender} goes: `);
    expect(bench('--from', json).stdout).toBe(run.stdout);
  }, 180_000);
});
