import type { Kind } from '../contender/contender.js';
import { type Spread, spread } from '../measure/statistics.js';
import type { Profile } from '../profile/profile.js';
import type { MachineFacts } from '../run/machine.js';
import type { Sample } from '../run/measure-all.js';
import type { Metric, Workload } from '../workload/workload.js';
import { bestOf, type Group, groupsOf, rankedBy, ratiosByRound, rawOf, valuesOf } from './comparison.js';
import type { GrowthReport } from './growth-report.js';
import { type Verdict, verdictOn } from './verdict.js';

/** Everything that one run found, as it is written to JSON. */
export interface Report {
  readonly date: string;
  /** What was measured. */
  readonly commit: string;
  readonly scale: string;
  readonly rounds: number;
  readonly seconds: number;
  readonly machine: MachineFacts;
  readonly workloads: readonly WorkloadReport[];
  readonly growth: readonly GrowthReport[];
  /** Who could not take part, and why. */
  readonly missing: readonly string[];
  /** Operations that failed. Not zero: the run is worth nothing. */
  readonly errors: number;
  /** Where the time goes of what misses a target; absent when nobody asked, and in reports from before they were taken. */
  readonly profiles?: Profiles;
}

/** Taken after everything had been timed. */
export interface Profiles {
  /** What was profiled: another commit than the report's where its targets were profiled later. */
  readonly commit: string;
  readonly taken: readonly ProfileReport[];
  /** What was asked for and has no profile. */
  readonly left: readonly string[];
}

export interface ProfileReport extends Profile {
  /** Or the growth, at its largest size. */
  readonly workload: string;
  readonly contender: string;
  /** Which one of a growth. */
  readonly value?: string;
  /** The ids of the verdicts that it explains. */
  readonly targets: readonly string[];
}

export interface WorkloadReport {
  readonly id: string;
  readonly title: string;
  readonly metrics: readonly Metric[];
  /** On each of its targets, where there was somebody to compare with. */
  readonly verdicts: readonly Verdict[];
  /** The peer with the best median of the first metric; absent when none took part. */
  readonly bestPeer: string | undefined;
  /** Best first, by the first metric. */
  readonly rows: readonly Row[];
}

export interface Row {
  readonly contender: string;
  readonly kind: Kind;
  /** Spread over the rounds, by metric; without those that mean nothing for it. */
  readonly values: Readonly<Record<string, Spread>>;
  /** How many times as good as the best peer, by the first metric; over the rounds, each compared within itself. */
  readonly toBestPeer: Spread | undefined;
  /** The same to the program in C, or where there is none to the least that Node can ask of the system. */
  readonly toRaw: Spread | undefined;
  readonly errors: readonly string[];
}

/** On every target of a run. */
export function verdictsOf({ workloads, growth }: Pick<Report, 'workloads' | 'growth'>): readonly Verdict[] {
  return [...workloads, ...growth].flatMap(({ verdicts }) => verdicts);
}

/** `12 of 40 targets reached`. */
export function reachedText(report: Pick<Report, 'workloads' | 'growth'>): string {
  const all = verdictsOf(report);
  return `${all.filter(({ reached }) => reached).length} of ${all.length} targets reached`;
}

/** Seglog's better row, where it takes part with more than one. */
export function bestOurs({ rows }: WorkloadReport): Row | undefined {
  return rows.find(({ kind }) => kind === 'seglog');
}

export function workloadReports(
  workloads: readonly Workload[],
  samples: readonly Sample[],
): readonly WorkloadReport[] {
  return workloads.map((workload) =>
    workloadReport(workload, groupsOf(samples.filter((sample) => sample.workload === workload.id))),
  );
}

function workloadReport(
  { id, title, metrics, targets = [] }: Workload,
  groups: readonly Group[],
): WorkloadReport {
  const [first] = metrics;
  const [bestPeer, raw] = [bestOf(first, 'peer', groups), rawOf(first, groups)];
  const rows = rankedBy(first, groups).map(
    (group): Row => ({
      contender: group[0].contender,
      kind: group[0].kind,
      values: spreadsOf(metrics, group),
      toBestPeer: ratiosByRound(first, group, bestPeer),
      toRaw: ratiosByRound(first, group, raw),
      errors: group.flatMap(({ error }) => error ?? []),
    }),
  );
  const verdicts = targets.flatMap((target) => verdictOn(target, { id, metrics, groups }) ?? []);
  return { id, title, metrics, verdicts, bestPeer: bestPeer?.[0].contender, rows };
}

function spreadsOf(metrics: readonly Metric[], group: Group): Readonly<Record<string, Spread>> {
  const spreads = metrics.map((metric) => [metric.id, valuesOf(group, metric)] as const);
  return Object.fromEntries(
    spreads.flatMap(([id, values]) => (values.length === 0 ? [] : [[id, spread(values)]])),
  );
}
