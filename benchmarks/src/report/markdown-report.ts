import { type Bar, barChart } from './bar-chart.js';
import { growthCharts, growthSection } from './growth-page.js';
import { table } from './markdown-table.js';
import { deviationText, ratiosText, valueText } from './number-text.js';
import { profileNote, profileOf, profileSections } from './profile-text.js';
import { bestOurs, type Report, type Row, reachedText, verdictsOf, type WorkloadReport } from './report.js';
import { missedOf, shortfalls } from './shortfalls.js';
import { machineLine } from './text-report.js';

/** The documents of a report by their path below `docs`. */
export function documents(
  report: Report,
  command: string,
  reasons: Readonly<Record<string, string>> = shortfalls,
): ReadonlyMap<string, string> {
  const charts = report.workloads.map((workload): [string, string] => [chartPath(workload), chart(workload)]);
  const pages: [string, string] = ['benchmarks.md', page(report, command, reasons)];
  return new Map([pages, ...charts, ...growthCharts(report.growth)]);
}

function page(report: Report, command: string, reasons: Readonly<Record<string, string>>): string {
  const lines = [
    '# Benchmarks',
    '',
    `Written by \`${command}\` on ${report.date.slice(0, 10)} at commit ${report.commit}; not edited by hand.`,
    `${machineLine(report)}; ${report.errors} errors; ${reachedText(report)}.`,
    '',
    'Every workload runs all contenders in turn in each round, in one process and one directory. Values are medians of the',
    'rounds, `+-` is half the way from the lowest to the highest. A ratio compares within a round and is the median over the',
    'rounds, with its lowest and highest behind it: where these lie far apart, the machine was measured and not the store.',
    'Above 1 is better, whatever the unit; the raw limit is a program in C that does the work of a plain log.',
    '[The folder of the benchmarks](../benchmarks/README.md) says how each contender is used, and why.',
    ...(report.scale === 'full'
      ? []
      : ['', `**A ${report.scale} run: the times are short, and the numbers rough.**`]),
    ...busy(report),
    ...report.missing.map((sentence) => `\n${sentence}.`),
    '',
    ...summary(report),
    ...missed(report, reasons),
    ...report.workloads.flatMap((workload) => [
      ...section(workload),
      ...profileSections(report, workload.id),
    ]),
    ...report.growth.flatMap((growth) => [...growthSection(growth), ...profileSections(report, growth.id)]),
  ];
  return `${lines.join('\n')}\n`;
}

function busy({ machine: { loadBefore, cores } }: Report): readonly string[] {
  if (loadBefore < cores / 2) return [];
  return [
    '',
    `**The machine was busy (load ${loadBefore.toFixed(1)} on ${cores} cores): look at the spread first.**`,
  ];
}

function summary({ workloads }: Report): readonly string[] {
  const rows = workloads.filter(bestOurs).map((workload) => {
    const [metric] = workload.metrics;
    const [ours, peer] = [
      bestOurs(workload),
      workload.rows.find((row) => row.contender === workload.bestPeer),
    ];
    const value = (row: Row | undefined): string => {
      const found = metric && row?.values[metric.id];
      return metric && found ? valueText(found.median, metric) : '';
    };
    const reader = ours === undefined || ours.contender === 'seglog' ? '' : ` (${ours.contender})`;
    const cells = [
      `\`${workload.id}\``,
      `${value(ours)}${reader}`,
      `${peer?.contender ?? ''} ${value(peer)}`,
    ];
    return [...cells, ratiosText(ours?.toBestPeer), ratiosText(ours?.toRaw), ...targets(workload)];
  });
  return table([
    ['workload', 'Seglog', 'best peer', 'to best peer', 'to raw limit', 'targets', 'reached'],
    ...rows,
  ]);
}

function section(workload: WorkloadReport): readonly string[] {
  const { id, title, metrics } = workload;
  const names = metrics.flatMap((metric) => [metric.id, '+-']);
  const rows = workload.rows.map((row) => [
    row.contender,
    ...metrics.flatMap((metric) => {
      const found = row.values[metric.id];
      return found
        ? [valueText(found.median, metric), deviationText(found.deviation).replace('+-', '')]
        : ['', ''];
    }),
    ratiosText(row.toBestPeer),
    ratiosText(row.toRaw),
  ]);
  const direction = metrics[0]?.better === 'higher' ? 'more is better' : 'less is better';
  return [
    '',
    `## ${id}`,
    '',
    `${title[0]?.toUpperCase()}${title.slice(1)}; ${direction}.`,
    '',
    `![${title}](${chartPath(workload)})`,
    '',
    ...table([['', ...names, 'to best peer', 'to raw limit'], ...rows]),
  ];
}

function targets({ verdicts }: WorkloadReport): readonly [string, string] {
  const answer = verdicts.map(({ reached }) => (reached ? 'yes' : '**no**'));
  return [verdicts.map(({ wanted }) => wanted).join('; '), answer.join('; ')];
}

/** By how much, and why: the reasons are written by people who looked at a profile. */
function missed(report: Report, reasons: Readonly<Record<string, string>>): readonly string[] {
  const verdicts = missedOf(verdictsOf(report));
  if (verdicts.length === 0) return [];
  const items = verdicts.flatMap(({ id, wanted, found }) => [
    '',
    `- **${id}**: ${found}, wanted ${wanted}. ${reasons[id] ?? 'No reason is known.'}${profileOf(report, id)}`,
  ]);
  return ['', '## What is not reached, and why', ...profileNote(report), ...items];
}

function chartPath({ id }: WorkloadReport): string {
  return `benchmarks/${id}.svg`;
}

/** The raw limit is no bar: beside it the others would be too short to tell apart. */
function chart({ title, metrics, rows }: WorkloadReport): string {
  const [metric] = metrics;
  const bars = rows.flatMap(({ contender, kind, values }): Bar | readonly Bar[] => {
    const found = metric && values[metric.id];
    if (kind === 'raw' || !metric || !found || Number.isNaN(found.median)) return [];
    const label = valueText(found.median, metric);
    return {
      name: contender,
      value: found.median,
      low: found.low,
      high: found.high,
      label,
      ours: kind === 'seglog',
    };
  });
  return barChart(title, bars);
}
