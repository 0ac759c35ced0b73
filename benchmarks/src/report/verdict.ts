import { spread } from '../measure/statistics.js';
import type { Metric, Target } from '../workload/workload.js';
import { bestOf, type Group, ratiosByRound, rawOf, valuesOf } from './comparison.js';
import { ratioText, valueText } from './number-text.js';

/** Whether a target was reached, by the median of the rounds. */
export interface Verdict {
  /** `append.batch to peer`: what a reason is filed under. */
  readonly id: string;
  /** `at least 5.00x the best peer`. */
  readonly wanted: string;
  /** `2.07x`, or `failed`. */
  readonly found: string;
  readonly reached: boolean;
}

interface Measured {
  readonly id: string;
  readonly metrics: readonly [Metric, ...Metric[]];
  readonly groups: readonly Group[];
}

/** Undefined where one of the two did not take part: nothing can be said then. */
export function verdictOn(target: Target, { id, metrics, groups }: Measured): Verdict | undefined {
  const metric = metrics.find((one) => one.id === target.metric) ?? metrics[0];
  if (target.row !== undefined && named(target.row, groups) === undefined) return undefined;
  const own = target.row === undefined ? bestOf(metric, 'seglog', groups) : named(target.row, groups);
  const other = opponent(target, metric, groups);
  if (target.to !== undefined && other === undefined) return undefined;
  const found =
    own && (target.to === undefined ? middleOf(metric, own) : ratiosByRound(metric, own, other)?.median);
  const text = (value: number): string =>
    target.to === undefined ? valueText(value, metric) : ratioText(value);
  return {
    id: verdictId(id, target),
    wanted: wantedText(target, text),
    found: found === undefined ? 'failed' : text(found),
    reached: found !== undefined && isReached(target, found),
  };
}

/** `durable.single seglog blocking to raw`. */
export function verdictId(workload: string, { row, metric, to }: Target): string {
  const words = [workload, row, metric, to === undefined ? undefined : `to ${to}`];
  return words.filter((word) => word !== undefined).join(' ');
}

function named(name: string, groups: readonly Group[]): Group | undefined {
  return groups.find(([{ contender }]) => contender === name);
}

function opponent({ to }: Target, metric: Metric, groups: readonly Group[]): Group | undefined {
  if (to === 'peer') return bestOf(metric, 'peer', groups);
  return to === 'raw' ? rawOf(metric, groups) : named(to ?? '', groups);
}

function opponentName(to: string): string {
  if (to === 'peer') return 'the best peer';
  return to === 'raw' ? 'the raw limit' : to;
}

function middleOf(metric: Metric, group: Group): number | undefined {
  const values = valuesOf(group, metric);
  return values.length === 0 ? undefined : spread(values).median;
}

/** `seglog blocking at least 1.10x the best peer`: what is not the usual row or metric is named. */
function wantedText({ row, metric, to, atLeast, atMost }: Target, text: (value: number) => string): string {
  const bound = atMost === undefined ? `at least ${text(atLeast ?? 0)}` : `at most ${text(atMost)}`;
  const words = [row, metric, bound, to === undefined ? undefined : opponentName(to)];
  return words.filter((word) => word !== undefined).join(' ');
}

function isReached(
  { atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY }: Target,
  found: number,
): boolean {
  return found >= atLeast && found <= atMost;
}
