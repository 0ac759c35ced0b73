import { describe, expect, test } from 'vitest';
import { decades, type Growth } from '../src/growth/growth.js';
import { growthCharts, growthSection, growthTable } from '../src/report/growth-page.js';
import { growthReports } from '../src/report/growth-report.js';
import { lineChart } from '../src/report/line-chart.js';

const growth: Growth = {
  id: 'growth.things',
  title: 'more & more things',
  axis: 'things',
  charts: [{ id: 'cost', title: 'time for one', unit: 'ns', lines: { a: 'append', r: 'read' } }],
  flat: ['a', 'r'],
  sizes: () => [1000, 10_000],
  measure: () => Promise.reject(new Error('nothing is measured here')),
};
const sample = (
  size: number,
  a: number,
): { growth: string; size: number; values: Record<string, number> } => ({
  growth: growth.id,
  size,
  values: { a, r: 20 },
});
const [report] = growthReports(
  [growth],
  [
    sample(10_000, 300),
    sample(1000, 100),
    sample(1000, 200),
    { growth: growth.id, size: 1000, error: 'torn' },
  ],
);
if (report === undefined) throw new Error('there is no report');

test('sizes are powers of ten', () => {
  expect(decades(1, 1000)).toEqual([1, 10, 100, 1000]);
  expect(decades(1000, 1000)).toEqual([1000]);
});

describe('the growth of a cost', () => {
  test('is the median of the rounds at each size, in their order, and keeps what failed', () => {
    expect(growthTable(report)).toEqual([
      ['things', 'append', 'read'],
      ['1 k', '150 ns', '20.0 ns'],
      ['10 k', '300 ns', '20.0 ns'],
    ]);
    expect(report.errors).toEqual(['torn']);
  });

  test('is flat or it is not', () => {
    const wanted = 'at most 2.00x what a smaller size costs';
    expect(report.verdicts).toEqual([
      { id: 'growth.things a', wanted, found: '2.00x', reached: true },
      { id: 'growth.things r', wanted, found: '1.00x', reached: true },
    ]);
    const [steep] = growthReports([growth], [sample(1000, 100), sample(10_000, 201)]);
    expect(steep?.verdicts[0]).toMatchObject({ found: '2.01x', reached: false });
    const [falling] = growthReports([growth], [sample(1000, 900), sample(10_000, 100)]);
    expect(falling?.verdicts[0]).toMatchObject({ found: '1.00x', reached: true });
    const [none] = growthReports([growth], []);
    expect(none?.verdicts[0]).toMatchObject({ found: 'failed', reached: false });
  });

  test('is a section with a chart for each unit', () => {
    expect(growthSection(report)).toContain('![time for one](benchmarks/growth.things.cost.svg)');
    expect(growthCharts([report]).map(([path]) => path)).toEqual(['benchmarks/growth.things.cost.svg']);
  });
});

function cornersOf(svg: string): readonly (readonly number[])[] {
  return [...svg.matchAll(/polyline class="\w" points="([^"]*)"/g)].map(([, points]) =>
    (points ?? '').split(/[ ,]/).map(Number),
  );
}

describe('a chart of lines', () => {
  const axes = { xName: 'things', xText: String, yText: String };

  test('has decades of equal length on both axes', () => {
    const points = [1, 10, 100].map((x) => ({ x, y: 1000 / x }));
    const [x1, y1, x2, y2, x3, y3] = cornersOf(
      lineChart('t', axes, [{ name: 'n', points }]),
    )[0] as number[] as [number, number, number, number, number, number];
    expect(x2 - x1).toBeCloseTo(x3 - x2, 5);
    expect(y2 - y1).toBeCloseTo(y3 - y2, 5);
    expect(x2).toBeGreaterThan(x1);
    expect(y2).toBeGreaterThan(y1);
  });

  test('draws a flat line, a single point and strange names', () => {
    const flat = { name: '<flat>', points: [10, 100].map((x) => ({ x, y: 7 })) };
    const svg = lineChart('a & b', axes, [flat, { name: 'one', points: [{ x: 10, y: 7 }] }]);
    const [[, y1, , y2] = []] = cornersOf(svg);
    expect(y1).toBe(y2);
    expect(svg).not.toContain('NaN');
    expect(svg).toContain('&lt;flat>');
    const heights = [...svg.matchAll(/<text x="498" y="([\d.]+)"/g)].map(([, y]) => Number(y));
    expect(heights).toHaveLength(2);
    expect(Math.abs((heights[0] ?? 0) - (heights[1] ?? 0))).toBeGreaterThanOrEqual(12);
  });
});
