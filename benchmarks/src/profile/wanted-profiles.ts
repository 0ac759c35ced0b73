import type { Growth } from '../growth/growth.js';
import type { GrowthReport } from '../report/growth-report.js';
import { bestOurs, type Report, type WorkloadReport } from '../report/report.js';
import { verdictId } from '../report/verdict.js';
import type { Metric, Target, Workload } from '../workload/workload.js';
import type { ProfileTask } from './profile-task.js';

/** A row to be profiled, and the ids of the missed targets that ask for it. */
export interface WantedProfile extends Pick<ProfileTask, 'workload' | 'contender' | 'growth'> {
  readonly targets: readonly string[];
}

export interface Chosen {
  readonly workloads: readonly Workload[];
  readonly growths: readonly Growth[];
  /** Somebody asked for just these: they are wanted whether they miss anything or not. */
  readonly named: boolean;
}

/** The rows with which Seglog misses a target. */
export function wantedProfiles(
  report: Pick<Report, 'workloads' | 'growth'>,
  { workloads, growths, named }: Chosen,
): readonly WantedProfile[] {
  const rows = report.workloads.flatMap((found) => {
    const workload = workloads.find(({ id }) => id === found.id);
    return workload === undefined ? [] : wantedRows(workload, found, named);
  });
  const values = report.growth.flatMap((found) =>
    growths.some(({ id }) => id === found.id) ? wantedValues(found, named) : [],
  );
  return [...rows, ...values];
}

function wantedRows(workload: Workload, report: WorkloadReport, named: boolean): readonly WantedProfile[] {
  const rows = new Map<string, string[]>();
  for (const target of workload.targets ?? []) {
    const id = verdictId(workload.id, target);
    const row = rowOf(target, report);
    if (row === undefined || !isMissed(report, id)) continue;
    rows.set(row, [...(rows.get(row) ?? []), id]);
  }
  const best = bestOurs(report)?.contender;
  if (named && rows.size === 0 && best !== undefined) rows.set(best, []);
  return [...rows].map(([contender, targets]) => ({ workload: workload.id, contender, targets }));
}

function isMissed({ verdicts }: Pick<WorkloadReport, 'verdicts'>, wanted: string): boolean {
  return verdicts.some(({ id, reached }) => id === wanted && !reached);
}

/** Whom the verdict was about. */
function rowOf({ row, metric }: Target, report: WorkloadReport): string | undefined {
  const judged = report.metrics.find(({ id }) => id === metric) ?? report.metrics[0];
  const own = report.rows.filter(({ kind, values }) => kind === 'seglog' && judged && values[judged.id]);
  if (row !== undefined) return own.find(({ contender }) => contender === row)?.contender;
  return own.toSorted((a, b) => compare(judged, a, b))[0]?.contender;
}

function compare(metric: Metric | undefined, a: WorkloadReport['rows'][number], b: typeof a): number {
  if (metric === undefined) return 0;
  const [one, other] = [a, b].map(({ values }) => values[metric.id]?.median ?? Number.NaN) as [
    number,
    number,
  ];
  return metric.better === 'higher' ? other - one : one - other;
}

/** At the largest size alone. */
function wantedValues(report: GrowthReport, named: boolean): readonly WantedProfile[] {
  const size = report.points.at(-1)?.size;
  const missed = report.verdicts.filter(({ reached }) => !reached);
  const asked = missed.length === 0 && named ? report.verdicts : missed;
  if (size === undefined || asked.length === 0) return [];
  const values = asked.map(({ id }) => id.slice(report.id.length + 1));
  const targets = missed.map(({ id }) => id);
  return [{ workload: report.id, contender: 'seglog', growth: { size, values }, targets }];
}
