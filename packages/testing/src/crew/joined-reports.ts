import type { CrashReport } from '../crash/crash-study.js';
import type { FaultReport } from '../crash/enumerate-faults.js';
import { combine } from '../simulated/state-hash.js';
import type { CrewResult } from './crew-protocol.js';

/** One report over all parts, in their order. */
export function joinedCrashReports(name: string, result: CrewResult): CrashReport {
  const { elapsedMs, resumeAt } = result;
  const reports = result.reports.filter((report): report is CrashReport => 'crashPoints' in report);
  const sum = (of: (report: CrashReport) => number): number =>
    reports.reduce((total, report) => total + of(report), 0);
  const distinctStates = sum((report) => report.distinctStates);
  return {
    name,
    seed: reports[0]?.seed ?? 1,
    crashPoints: sum((report) => report.crashPoints),
    states: sum((report) => report.states),
    distinctStates,
    maxDepth: Math.max(0, ...reports.map((report) => report.maxDepth)),
    violations: reports.flatMap(({ violations }) => violations.map(withError)),
    elapsedMs,
    perSecond: Math.round((distinctStates * 1000) / Math.max(elapsedMs, 1)),
    hash: reports.reduce((hash, report) => combine(hash, report.hash), 0),
    aborted: resumeAt !== undefined || reports.some(({ aborted }) => aborted),
    resumeAt,
  };
}

export function joinedFaultReports(name: string, result: CrewResult): FaultReport {
  const { elapsedMs, resumeAt } = result;
  const reports = result.reports.filter((report): report is FaultReport => 'covered' in report);
  const sum = (of: (report: FaultReport) => number): number =>
    reports.reduce((total, report) => total + of(report), 0);
  return {
    name,
    seed: reports[0]?.seed ?? 1,
    sites: reports[0]?.sites ?? 0,
    cells: reports[0]?.cells ?? 0,
    covered: sum((report) => report.covered),
    distinctStates: sum((report) => report.distinctStates),
    violations: reports.flatMap(({ violations }) => violations),
    elapsedMs,
    resumeAt,
  };
}

/** The error itself stayed in the worker; its words came along. */
function withError<Violation extends { readonly message: string }>(
  violation: Violation,
): Violation & { readonly error: Error } {
  return { ...violation, error: new Error(violation.message) };
}
