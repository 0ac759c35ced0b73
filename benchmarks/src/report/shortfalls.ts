import { type Report, verdictsOf } from './report.js';
import type { Verdict } from './verdict.js';

/**
 * Why a target is not reached, by the id of its verdict: what the profile shows, and what it would cost to get there. A
 * report is recorded only if each missed target has its reason here, and no target that is reached has one.
 */
export const shortfalls: Readonly<Record<string, string>> = {};

/** Sentences about reasons that are missing, or that nobody needs any more. */
export function shortfallProblems(
  report: Pick<Report, 'workloads' | 'growth'>,
  reasons: Readonly<Record<string, string>> = shortfalls,
): readonly string[] {
  const missed = missedOf(verdictsOf(report));
  const unexplained = missed.filter(({ id }) => reasons[id] === undefined);
  const explained = Object.keys(reasons).filter((id) => !missed.some((verdict) => verdict.id === id));
  return [
    ...unexplained.map(
      ({ id, wanted, found }) => `${id} is missed without a reason: ${found}, not ${wanted}`,
    ),
    ...explained.map((id) => `${id} has a reason, and is not missed`),
  ];
}

export function missedOf(verdicts: readonly Verdict[]): readonly Verdict[] {
  return verdicts.filter(({ reached }) => !reached);
}
