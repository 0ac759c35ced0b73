import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type FigureValue, figuresFile, recordFigures } from '@seglog/tools';
import type { GrowthReport } from './growth-report.js';
import { documents } from './markdown-report.js';
import type { Report, Row, WorkloadReport } from './report.js';

const DOCS = dirname(figuresFile);

/** Writes the figures of a run that had no errors, and then the documents about it. */
export function record(report: Report): void {
  const command = `npm run bench --${report.scale === 'full' ? '' : ` --${report.scale}`} --record`;
  const { values, units } = figuresOf(report);
  const { commit, date } = report;
  recordFigures(values, { command, units, commit, date });
  rmSync(join(DOCS, 'benchmarks'), { recursive: true, force: true });
  mkdirSync(join(DOCS, 'benchmarks'), { recursive: true });
  for (const [path, text] of documents(report, command)) writeFileSync(join(DOCS, path), text);
}

export interface Recorded {
  readonly values: Readonly<Record<string, FigureValue>>;
  readonly units: Readonly<Record<string, string>>;
}

/** `bench.<workload>.<metric>`, `.ratioToBestPeer`, `.ratioToRaw` (each with `.low` and `.high` over the rounds), `.bestPeer`; those of another row of ours below its name. */
export function figuresOf({ workloads, growth, machine, errors }: Report): Recorded {
  const entries = workloads.flatMap((workload) => {
    const ours = workload.rows.filter(({ kind }) => kind === 'seglog');
    return [...ours.flatMap((row) => figuresOfRow(workload, row)), ...bestPeer(workload)];
  });
  const run: readonly Entry[] = [
    ['bench.run.errors', errors, undefined],
    ['bench.run.fileSystem', machine.fileSystem, undefined],
    ['bench.run.loadBefore', rounded(machine.loadBefore), 'processes'],
  ];
  const all = [...entries, ...growth.flatMap(figuresOfGrowth), ...run];
  return {
    values: Object.fromEntries(all.map(([key, value]) => [key, value])),
    units: Object.fromEntries(all.flatMap(([key, , unit]) => (unit === undefined ? [] : [[key, unit]]))),
  };
}

type Entry = readonly [key: string, value: FigureValue, unit: string | undefined];

function figuresOfRow({ id, metrics }: WorkloadReport, row: Row): readonly Entry[] {
  const words = row.contender.replace(/^seglog ?/, '').split(/[^a-zA-Z0-9]+/);
  const key = ['bench', id, ...words].filter((word) => word !== '').join('.');
  const values = metrics.flatMap((metric): readonly Entry[] => {
    const found = row.values[metric.id];
    return found ? [[`${key}.${metric.id}`, rounded(found.median), metric.unit]] : [];
  });
  const ratios = { ratioToBestPeer: row.toBestPeer, ratioToRaw: row.toRaw };
  const compared = Object.entries(ratios).flatMap(([name, ratio]): readonly Entry[] =>
    ratio === undefined
      ? []
      : [
          [`${key}.${name}`, rounded(ratio.median), 'x'],
          [`${key}.${name}.low`, rounded(ratio.low), 'x'],
          [`${key}.${name}.high`, rounded(ratio.high), 'x'],
        ],
  );
  return [...values, ...compared];
}

/** `bench.growth.records.1000000.appendNs`. */
function figuresOfGrowth({ id, charts, points }: GrowthReport): readonly Entry[] {
  return points.flatMap(({ size, values }) =>
    Object.entries(values).map(([name, { median }]): Entry => {
      const unit = charts.find(({ lines }) => Object.hasOwn(lines, name))?.unit;
      return [`bench.${id}.${size}.${name}`, rounded(median), unit];
    }),
  );
}

function bestPeer({ id, bestPeer: name }: WorkloadReport): readonly Entry[] {
  return name === undefined ? [] : [[`bench.${id}.bestPeer`, name, undefined]];
}

/** Three digits that count: there are no more in a median of a few rounds. */
function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
