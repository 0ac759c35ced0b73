import { combine } from '../simulated/state-hash.js';
import type { CrashReport, CrashViolation } from './crash-study.js';

/** Counts what a search does, and turns it into a report at any time. */
export class CrashTally {
  public crashPoints = 0;
  public states = 0;
  public distinctStates = 0;
  public maxDepth = 0;
  public aborted = false;
  /** Where the search has come to: the crash point or the walk that it is at. */
  public reached = 0;
  public readonly violations: CrashViolation[] = [];
  readonly #name: string;
  readonly #seed: number;
  readonly #startedMs = performance.now();
  #hash = 0;

  public constructor(name: string, seed: number) {
    this.#name = name;
    this.#seed = seed;
  }

  /** Folds what was seen into the hash of the search. */
  public fold(value: number): void {
    this.#hash = combine(this.#hash, value);
  }

  public report(): CrashReport {
    const elapsedMs = performance.now() - this.#startedMs;
    return {
      name: this.#name,
      seed: this.#seed,
      crashPoints: this.crashPoints,
      states: this.states,
      distinctStates: this.distinctStates,
      maxDepth: this.maxDepth,
      violations: this.violations.slice(),
      elapsedMs,
      perSecond: Math.round((this.distinctStates * 1000) / Math.max(elapsedMs, 1)),
      hash: this.#hash,
      aborted: this.aborted,
      resumeAt: this.aborted ? this.reached : undefined,
    };
  }
}

/** The reports as a table for people, one study a line and the sum below. */
export function formatCrashReports(reports: readonly CrashReport[]): string {
  const width = Math.max(10, ...reports.map(({ name }) => name.length));
  const line = (name: string, cells: readonly (string | number)[]): string =>
    name.padEnd(width) + cells.map((cell) => String(cell).padStart(12)).join('');
  const sum = (pick: (report: CrashReport) => number): number =>
    reports.reduce((total, report) => total + pick(report), 0);
  const seconds = sum((report) => report.elapsedMs) / 1000;
  const distinct = sum((report) => report.distinctStates);
  return [
    line('study', ['cuts', 'states', 'distinct', 'depth', 'violations', 'per second']),
    ...reports.map((one) =>
      line(one.name, [
        one.crashPoints,
        one.states,
        one.distinctStates,
        one.maxDepth,
        one.violations.length,
        one.perSecond,
      ]),
    ),
    line('sum', [
      sum((report) => report.crashPoints),
      sum((report) => report.states),
      distinct,
      Math.max(0, ...reports.map((report) => report.maxDepth)),
      sum((report) => report.violations.length),
      Math.round(distinct / Math.max(seconds, 0.001)),
    ]),
  ].join('\n');
}
