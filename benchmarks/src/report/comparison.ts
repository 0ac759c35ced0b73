import type { Kind } from '../contender/contender.js';
import { median, type Spread, spread } from '../measure/statistics.js';
import type { Sample } from '../run/measure-all.js';
import type { Metric } from '../workload/workload.js';

/** All rounds of one participant at one workload. */
export type Group = readonly [Sample, ...Sample[]];

export function groupsOf(samples: readonly Sample[]): readonly Group[] {
  const names = [...new Set(samples.map(({ contender }) => contender))];
  return names.flatMap((name) => {
    const [first, ...rest] = samples.filter(({ contender }) => contender === name);
    return first === undefined ? [] : [[first, ...rest] as const];
  });
}

export function valuesOf(samples: readonly Sample[], { id }: Metric): readonly number[] {
  return samples.flatMap(({ values }) => values?.[id] ?? []);
}

/** Best first; what failed throughout stands last. */
export function rankedBy(metric: Metric, groups: readonly Group[]): readonly Group[] {
  const middle = (group: Group): number => median(valuesOf(group, metric));
  return groups.toSorted((a, b) => compare(metric, middle(a), middle(b)));
}

function compare({ better }: Metric, a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return better === 'higher' ? b - a : a - b;
}

/** The best of a kind by a metric, if any of that kind has a value. */
export function bestOf(metric: Metric, kind: Kind, groups: readonly Group[]): Group | undefined {
  const able = groups.filter((group) => group[0].kind === kind && valuesOf(group, metric).length > 0);
  return rankedBy(metric, able)[0];
}

/** What stands for the raw limit: the program in C, else the least that Node can ask of the system. */
export function rawOf(metric: Metric, groups: readonly Group[]): Group | undefined {
  return bestOf(metric, 'limit', groups) ?? bestOf(metric, 'raw', groups);
}

/** How many times as good as the other, round by round; above 1 is better, whatever the unit. */
export function ratiosByRound(metric: Metric, own: Group, other: Group | undefined): Spread | undefined {
  const ratios = own.flatMap((sample) => {
    const theirs = other?.find(({ round }) => round === sample.round)?.values?.[metric.id];
    const mine = sample.values?.[metric.id];
    if (mine === undefined || theirs === undefined) return [];
    return metric.better === 'higher' ? mine / theirs : theirs / mine;
  });
  return ratios.length === 0 ? undefined : spread(ratios);
}
