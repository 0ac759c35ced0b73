import type { GrowthChart } from '../growth/growth.js';
import type { GrowthReport } from './growth-report.js';
import { type Line, lineChart } from './line-chart.js';
import { table } from './markdown-table.js';
import { countText, valueText } from './number-text.js';
import type { Verdict } from './verdict.js';

/** How cost grows with one thing: its charts and a table. */
export function growthSection(report: GrowthReport): readonly string[] {
  return [
    '',
    `## ${report.id}`,
    '',
    `${report.title[0]?.toUpperCase()}${report.title.slice(1)}: what each costs, over two logarithmic axes. Flat is good.`,
    ...report.charts.flatMap((chart) => ['', `![${chart.title}](${growthChartPath(report, chart)})`]),
    '',
    ...table(growthTable(report)),
    '',
    ...report.verdicts.map(flatnessLine),
  ];
}

function flatnessLine({ id, wanted, found, reached }: Verdict): string {
  return `- ${reached ? 'reached' : '**not reached**'}: ${id}: ${found}, wanted ${wanted}`;
}

export function growthCharts(growth: readonly GrowthReport[]): readonly (readonly [string, string])[] {
  return growth.flatMap((report) =>
    report.charts.map((chart): [string, string] => [
      growthChartPath(report, chart),
      lineChart(chart.title, axesOf(report, chart), linesOf(report, chart)),
    ]),
  );
}

/** The first row is the head. */
export function growthTable({ axis, charts, points }: GrowthReport): readonly (readonly string[])[] {
  const columns = charts.flatMap(({ unit, lines }) =>
    Object.entries(lines).map(([id, name]) => ({ id, name, unit })),
  );
  const rows = points.map(({ size, values }) => [
    countText(size),
    ...columns.map(({ id, unit }) => valueText(values[id]?.median ?? Number.NaN, { unit })),
  ]);
  return [[axis, ...columns.map(({ name }) => name)], ...rows];
}

function growthChartPath({ id }: GrowthReport, chart: GrowthChart): string {
  return `benchmarks/${id}.${chart.id}.svg`;
}

function axesOf({ axis }: GrowthReport, { unit }: GrowthChart): Parameters<typeof lineChart>[1] {
  return { xName: axis, xText: countText, yText: (value) => valueText(value, { unit }) };
}

function linesOf({ points }: GrowthReport, { lines }: GrowthChart): readonly Line[] {
  return Object.entries(lines).map(([id, name]) => ({
    name,
    points: points.flatMap(({ size, values }) => {
      const found = values[id];
      return found === undefined ? [] : [{ x: size, y: found.median }];
    }),
  }));
}
