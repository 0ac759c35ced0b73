import { describe, expect, test } from 'vitest';
import type { Contender } from '../src/contender/contender.js';
import { barChart } from '../src/report/bar-chart.js';
import { documents } from '../src/report/markdown-report.js';
import { ratioText, valueText } from '../src/report/number-text.js';
import { figuresOf } from '../src/report/record.js';
import { type Report, workloadReports } from '../src/report/report.js';
import type { Sample } from '../src/run/measure-all.js';
import type { Metric, Workload } from '../src/workload/workload.js';

const refuse = async (): Promise<never> => Promise.reject(new Error('nothing is measured here'));
const contender = (name: string, kind: Contender['kind']): Contender => ({
  name,
  kind,
  offers: ['append'],
  open: refuse,
});
const contenders = [
  contender('seglog', 'seglog'),
  contender('a', 'peer'),
  contender('b', 'peer'),
  contender('least', 'raw'),
];

function workload(better: Metric['better']): Workload {
  return {
    id: 'w',
    title: 'work',
    metrics: [{ id: 'm', unit: 'ms', better }],
    isFor: () => true,
    measure: refuse,
  };
}

function samplesOf(rounds: Readonly<Record<string, readonly (number | string)[]>>): readonly Sample[] {
  return Object.entries(rounds).flatMap(([name, list]) =>
    list.map((value, round) => ({
      workload: 'w',
      contender: name,
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

function reportOf(samples: readonly Sample[]): Report {
  return {
    date: '2026-01-02T03:04:05.000Z',
    scale: 'quick',
    rounds: 3,
    seconds: 1,
    machine,
    missing: [],
    errors: 0,
    workloads: workloadReports({ workloads: [workload('lower')], contenders, samples }),
  };
}

test('numbers are short, whatever their size', () => {
  const perSecond: Metric = { id: 'm', unit: 'records/s', better: 'higher' };
  const texts = [12_345_678, 123_456, 1234, 12].map((value) => valueText(value, perSecond));
  expect(texts).toEqual(['12.3 M/s', '123 k/s', '1.23 k/s', '12.0/s']);
  expect(valueText(118.4, { id: 'b', unit: 'bytes', better: 'lower' })).toBe('118 B');
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
    const files = documents(reportOf(samplesOf(rounds)), { commit: 'abc', command: 'npm run bench' });
    expect([...files.keys()]).toEqual(['benchmarks.md', 'benchmarks/w.svg']);
    const page = files.get('benchmarks.md') ?? '';
    expect(page).toContain('![work](benchmarks/w.svg)');
    expect(page).toContain('| seglog | 20.0 ms | 75 % | 0.50x (0.20 to 0.80) | 4.00x (2.00 to 8.00) |');
    expect(page).toContain('A quick run');
    const svg = files.get('benchmarks/w.svg') ?? '';
    expect(svg).not.toContain('least');
    const widths = [...svg.matchAll(/width="([\d.]+)" height/g)].map(([, width]) => Number(width));
    expect(widths).toEqual([88, 110, 220]);
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

describe('a report', () => {
  test('compares with the best peer, round by round', () => {
    const [found] = workloadReports({
      workloads: [workload('higher')],
      contenders,
      samples: samplesOf(rounds),
    });
    expect(found?.bestPeer).toBe('a');
    expect(found?.rows.map((row) => row.contender)).toEqual(['least', 'seglog', 'a', 'b']);
    const own = found?.rows[1];
    expect(own).toMatchObject({ toBestPeer: { median: 2, low: 1, high: 4 }, toRaw: { median: 0.25 } });
    expect(own?.values['m']).toMatchObject({ median: 20, low: 10, high: 40 });
  });

  test('counts a ratio above 1 as better where less is better, too', () => {
    const [found] = workloadReports({
      workloads: [workload('lower')],
      contenders,
      samples: samplesOf(rounds),
    });
    expect(found?.bestPeer).toBe('b');
    expect(found?.rows.find((row) => row.contender === 'seglog')).toMatchObject({
      toBestPeer: { median: 0.5 },
      toRaw: { median: 4 },
    });
  });

  test('keeps what failed, puts it last and never takes it for the best peer', () => {
    const samples = samplesOf({ ...rounds, a: ['broken', 'broken', 'broken'] });
    const [found] = workloadReports({ workloads: [workload('higher')], contenders, samples });
    expect(found?.bestPeer).toBe('b');
    expect(found?.rows.at(-1)).toMatchObject({ contender: 'a', errors: ['broken', 'broken', 'broken'] });
    expect(found?.rows.at(-1)?.toBestPeer).toBeUndefined();
  });
});
