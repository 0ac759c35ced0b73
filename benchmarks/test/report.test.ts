import { describe, expect, test } from 'vitest';
import type { Kind } from '../src/contender/contender.js';
import { barChart } from '../src/report/bar-chart.js';
import { documents } from '../src/report/markdown-report.js';
import { ratioText, valueText } from '../src/report/number-text.js';
import { figuresOf } from '../src/report/record.js';
import { type Report, type WorkloadReport, workloadReports } from '../src/report/report.js';
import { shortfallProblems } from '../src/report/shortfalls.js';
import { textReport } from '../src/report/text-report.js';
import type { Sample } from '../src/run/measure-all.js';
import type { Metric, Target, Workload } from '../src/workload/workload.js';

const kinds: Readonly<Record<string, Kind>> = {
  seglog: 'seglog',
  a: 'peer',
  b: 'peer',
  least: 'raw',
  C: 'limit',
};

function workload(better: Metric['better'], targets: readonly Target[] = []): Workload {
  return {
    id: 'w',
    title: 'work',
    metrics: [{ id: 'm', unit: 'ms', better }],
    targets,
    turns: () => [],
  };
}

function samplesOf(rounds: Readonly<Record<string, readonly (number | string)[]>>): readonly Sample[] {
  return Object.entries(rounds).flatMap(([name, list]) =>
    list.map((value, round) => ({
      workload: 'w',
      contender: name,
      kind: kinds[name] ?? 'peer',
      round,
      ...(typeof value === 'number' ? { values: { m: value } } : { error: value }),
    })),
  );
}

const rounds = { seglog: [40, 20, 10], a: [10, 10, 10], b: [20, 4, 8], least: [80, 80, 80] };

const machine = {
  cpu: 'a & b',
  cores: 2,
  memoryGiB: 4,
  system: 'linux',
  node: 'v20',
  fileSystem: 'ext4',
  loadBefore: 0.1234,
};

function reportOf(samples: readonly Sample[], targets: readonly Target[] = []): Report {
  return {
    date: '2026-01-02T03:04:05.000Z',
    commit: 'abc',
    scale: 'quick',
    rounds: 3,
    seconds: 1,
    machine,
    missing: [],
    errors: 0,
    growth: [],
    workloads: workloadReports([workload('lower', targets)], samples),
  };
}

test('numbers are short, whatever their size', () => {
  const perSecond: Metric = { id: 'm', unit: 'records/s', better: 'higher' };
  const texts = [12_345_678, 123_456, 1234, 12].map((value) => valueText(value, perSecond));
  expect(texts).toEqual(['12.3 M/s', '123 k/s', '1.23 k/s', '12.0/s']);
  expect(valueText(118.4, { unit: 'bytes' })).toBe('118 B');
  expect(valueText(80 * 2 ** 20, { unit: 'bytes' })).toBe('80.0 MiB');
  expect([4.2e9, 12].map((value) => valueText(value, { unit: 'bytes/s' }))).toEqual([
    '4.20 GB/s',
    '12.0 B/s',
  ]);
  expect(valueText(Number.NaN, perSecond)).toBe('failed');
  expect([0.0041, 0.5, 1.234, undefined].map(ratioText)).toEqual(['0.004x', '0.50x', '1.23x', '']);
});

describe('what is recorded', () => {
  test('has flat keys, units, and three digits that count', () => {
    const { values, units } = figuresOf(reportOf(samplesOf({ ...rounds, seglog: [40, 12.3456, 10] })));
    expect(values).toEqual({
      'bench.w.m': 12.3,
      'bench.w.ratioToBestPeer': 0.5,
      'bench.w.ratioToBestPeer.low': 0.324,
      'bench.w.ratioToBestPeer.high': 0.8,
      'bench.w.ratioToRaw': 6.48,
      'bench.w.ratioToRaw.low': 2,
      'bench.w.ratioToRaw.high': 8,
      'bench.w.bestPeer': 'b',
      'bench.run.errors': 0,
      'bench.run.fileSystem': 'ext4',
      'bench.run.loadBefore': 0.123,
    });
    expect(units).toMatchObject({ 'bench.w.m': 'ms', 'bench.w.ratioToRaw': 'x' });
  });

  test('is a page with a chart per workload, bars in proportion, the raw limit beside them', () => {
    const files = documents(reportOf(samplesOf(rounds)), 'npm run bench');
    expect([...files.keys()]).toEqual(['benchmarks.md', 'benchmarks/w.svg']);
    const page = files.get('benchmarks.md') ?? '';
    expect(page).toContain('![work](benchmarks/w.svg)');
    expect(page).toContain('| seglog | 20.0 ms | 75 % | 0.50x (0.20 to 0.80) | 4.00x (2.00 to 8.00) |');
    expect(page).toContain('A quick run');
    const svg = files.get('benchmarks/w.svg') ?? '';
    expect(svg).not.toContain('least');
    const widths = [...svg.matchAll(/width="([\d.]+)" height/g)].map(([, width]) => Number(width));
    expect(widths).toEqual([80, 100, 200]);
  });

  test('says of each target that is missed by how much, and why', () => {
    const report = reportOf(samplesOf(rounds), [{ to: 'peer', atLeast: 1 }, { atMost: 20 }]);
    const page = documents(report, 'npm run bench', { 'w to peer': 'It sleeps.' }).get('benchmarks.md') ?? '';
    expect(page).toContain('| at least 1.00x the best peer; at most 20.0 ms | **no**; yes |');
    expect(page).toContain('- **w to peer**: 0.50x, wanted at least 1.00x the best peer. It sleeps.');
    const text = textReport(report);
    expect(text).toContain('NOT REACHED: w to peer: 0.50x, wanted at least 1.00x the best peer');
    expect(text).toContain('reached: w: 20.0 ms, wanted at most 20.0 ms');
    expect(text).toContain('1 of 2 targets reached');
  });

  test('is well-formed where names are not', () => {
    const bar = { name: '<a>', value: 0, low: 0, high: 0, label: 'a & b', ours: true };
    const svg = barChart('"x"', [bar]);
    expect(svg).toContain('&lt;a>');
    expect(svg).toContain('a &amp; b');
    expect(svg).toContain('&quot;x&quot;');
    expect(svg).not.toContain('NaN');
  });
});

function reported(
  better: Metric['better'],
  samples: readonly Sample[],
  targets: readonly Target[] = [],
): WorkloadReport | undefined {
  return workloadReports([workload(better, targets)], samples)[0];
}

describe('a report', () => {
  test('compares with the best peer, round by round', () => {
    const found = reported('higher', samplesOf(rounds));
    expect(found?.bestPeer).toBe('a');
    expect(found?.rows.map((row) => row.contender)).toEqual(['least', 'seglog', 'a', 'b']);
    const own = found?.rows[1];
    expect(own).toMatchObject({ toBestPeer: { median: 2, low: 1, high: 4 }, toRaw: { median: 0.25 } });
    expect(own?.values['m']).toMatchObject({ median: 20, low: 10, high: 40 });
  });

  test('takes the program in C for the raw limit where there is one', () => {
    const own = reported('higher', samplesOf({ ...rounds, C: [40, 40, 40] }))?.rows.find(
      ({ kind }) => kind === 'seglog',
    );
    expect(own?.toRaw).toMatchObject({ median: 0.5, low: 0.25, high: 1 });
  });

  test('counts a ratio above 1 as better where less is better, too', () => {
    const found = reported('lower', samplesOf(rounds));
    expect(found?.bestPeer).toBe('b');
    expect(found?.rows.find((row) => row.contender === 'seglog')).toMatchObject({
      toBestPeer: { median: 0.5 },
      toRaw: { median: 4 },
    });
  });

  test('keeps what failed, puts it last and never takes it for the best peer', () => {
    const found = reported('higher', samplesOf({ ...rounds, a: ['broken', 'broken', 'broken'] }));
    expect(found?.bestPeer).toBe('b');
    expect(found?.rows.at(-1)).toMatchObject({ contender: 'a', errors: ['broken', 'broken', 'broken'] });
    expect(found?.rows.at(-1)?.toBestPeer).toBeUndefined();
  });

  test('judges its targets by the median, against a peer, the raw limit, another row or nobody', () => {
    const targets = [
      { to: 'peer', atLeast: 2 },
      { to: 'raw', atLeast: 0.3 },
      { to: 'b', atLeast: 2 },
      { metric: 'm', atLeast: 20 },
    ];
    expect(reported('higher', samplesOf(rounds), targets)?.verdicts).toEqual([
      { id: 'w to peer', wanted: 'at least 2.00x the best peer', found: '2.00x', reached: true },
      { id: 'w to raw', wanted: 'at least 0.30x the raw limit', found: '0.25x', reached: false },
      { id: 'w to b', wanted: 'at least 2.00x b', found: '2.00x', reached: true },
      { id: 'w m', wanted: 'm at least 20.0 ms', found: '20.0 ms', reached: true },
    ]);
  });

  test('misses a target when nothing of ours worked, and says nothing where nobody is there to compare with', () => {
    const targets = [{ to: 'peer', atLeast: 1 }];
    const broken = samplesOf({ ...rounds, seglog: ['broken', 'broken', 'broken'] });
    expect(reported('higher', broken, targets)?.verdicts).toMatchObject([
      { found: 'failed', reached: false },
    ]);
    expect(reported('higher', samplesOf({ seglog: [1] }), targets)?.verdicts).toEqual([]);
  });
});

test('each target that is missed needs a reason, and no other has one', () => {
  const report = reportOf(samplesOf(rounds), [{ to: 'peer', atLeast: 1 }, { atMost: 20 }]);
  expect(shortfallProblems(report, { 'w to peer': 'It sleeps.' })).toEqual([]);
  expect(shortfallProblems(report, {})).toEqual([
    'w to peer is missed without a reason: 0.50x, not at least 1.00x the best peer',
  ]);
  expect(shortfallProblems(report, { 'w to peer': 'It sleeps.', w: 'It dreams.', x: 'It snores.' })).toEqual([
    'w has a reason, and is not missed',
    'x has a reason, and is not missed',
  ]);
});
