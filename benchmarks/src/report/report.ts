import type { Contender } from '../contender/contender.js';
import { median, type Spread, spread } from '../measure/statistics.js';
import type { MachineFacts } from '../run/machine.js';
import type { Sample } from '../run/measure-all.js';
import type { Metric, Workload } from '../workload/workload.js';

/** Everything that one run found, as it is written to JSON. */
export interface Report {
  readonly date: string;
  readonly scale: string;
  readonly rounds: number;
  readonly seconds: number;
  readonly machine: MachineFacts;
  readonly workloads: readonly WorkloadReport[];
  /** Who could not take part, and why. */
  readonly missing: readonly string[];
  /** Operations that failed. Not zero: the run is worth nothing. */
  readonly errors: number;
}

export interface WorkloadReport {
  readonly id: string;
  readonly title: string;
  readonly metrics: readonly Metric[];
  readonly target: number | undefined;
  /** The peer with the best median of the first metric; absent when none took part. */
  readonly bestPeer: string | undefined;
  /** Best first, by the first metric. */
  readonly rows: readonly Row[];
}

export interface Row {
  readonly contender: string;
  readonly kind: Contender['kind'];
  /** Spread over the rounds, by metric. */
  readonly values: Readonly<Record<string, Spread>>;
  /** How many times as good as the best peer, by the first metric; over the rounds, each compared within itself. */
  readonly toBestPeer: Spread | undefined;
  readonly toRaw: Spread | undefined;
  readonly errors: readonly string[];
}

/** Seglog's better row, where it takes part with more than one reader. */
export function bestOurs({ rows }: WorkloadReport): Row | undefined {
  return rows.find(({ kind }) => kind === 'seglog');
}

export interface Taken {
  readonly workloads: readonly Workload[];
  readonly contenders: readonly Contender[];
  readonly samples: readonly Sample[];
}

export function workloadReports({ workloads, contenders, samples }: Taken): readonly WorkloadReport[] {
  return workloads.map((workload) =>
    workloadReport(
      workload,
      contenders.filter((contender) => workload.isFor(contender)),
      samples.filter((sample) => sample.workload === workload.id),
    ),
  );
}

function workloadReport(
  { id, title, metrics, target }: Workload,
  contenders: readonly Contender[],
  samples: readonly Sample[],
): WorkloadReport {
  const [first] = metrics;
  const byName = new Map(contenders.map(({ name }) => [name, samples.filter((s) => s.contender === name)]));
  const of = (name: string | undefined): readonly Sample[] => byName.get(name ?? '') ?? [];
  const middle = (name: string): number => median(valuesOf(of(name), first));
  const ranked = contenders.toSorted((a, b) => compare(first, middle(a.name), middle(b.name)));
  const bestPeer = ranked.find(({ name, kind }) => kind === 'peer' && of(name).some(({ values }) => values));
  const raw = contenders.find(({ kind }) => kind === 'raw');
  const rows = ranked.map(({ name, kind }) => ({
    contender: name,
    kind,
    values: Object.fromEntries(metrics.map((metric) => [metric.id, spread(valuesOf(of(name), metric))])),
    toBestPeer: ratio(first, of(name), of(bestPeer?.name)),
    toRaw: ratio(first, of(name), of(raw?.name)),
    errors: of(name).flatMap(({ error }) => error ?? []),
  }));
  return { id, title, metrics, target, bestPeer: bestPeer?.name, rows };
}

function valuesOf(samples: readonly Sample[], { id }: Metric): readonly number[] {
  return samples.flatMap(({ values }) => values?.[id] ?? []);
}

/** What failed throughout stands last. */
function compare({ better }: Metric, a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return better === 'higher' ? b - a : a - b;
}

function ratio(metric: Metric, own: readonly Sample[], others: readonly Sample[]): Spread | undefined {
  const ratios = own.flatMap((sample) => {
    const other = others.find(({ round }) => round === sample.round);
    const [mine, theirs] = [sample.values?.[metric.id], other?.values?.[metric.id]];
    if (mine === undefined || theirs === undefined) return [];
    return metric.better === 'higher' ? mine / theirs : theirs / mine;
  });
  return ratios.length === 0 ? undefined : spread(ratios);
}
