import { expect } from 'vitest';
import { type CrashReport, formatCrashReports } from '../../src/index.js';
import { leaveCounts, PLAN } from './search-plan.js';

/** Counts what searches for crashes have found in one file. */
export class CrashCounts {
  readonly #reports: CrashReport[] = [];
  readonly #started = process.cpuUsage();
  /** Of all threads of this process, up to the last search. */
  #used = { user: 0, system: 0 };
  #checked = 0;

  /** Every different state that crashes of the whole workload may leave was recovered and checked. */
  public enumerated(report: CrashReport): void {
    this.#take(report, report.distinctStates);
  }

  /** Each walk recovers and checks a state after each of its crashes, whether another walk came by it or not. */
  public walked(report: CrashReport): void {
    this.#take({ ...report, name: `${report.name}, walks` }, report.states);
  }

  /** `crash.states` are states that were recovered and checked; `crash.resolutions` also those that equal another one. */
  public leave(file: string): void {
    const reports = this.#reports;
    const sum = (of: (report: CrashReport) => number): number =>
      reports.reduce((total, report) => total + of(report), 0);
    const most = (of: (report: CrashReport) => number): number => Math.max(0, ...reports.map(of));
    const enumerated = reports.filter(({ name }) => !name.endsWith(', walks'));
    const counts = {
      'crash.states': this.#checked,
      'crash.coreSeconds': (this.#used.user + this.#used.system) / 1_000_000,
      'crash.resolutions': sum(({ states }) => states),
      'crash.cuts': sum(({ crashPoints }) => crashPoints),
      'crash.violations': sum(({ violations }) => violations.length),
      'crash.workloads': new Set(enumerated.map(({ name }) => name)).size,
      'crash.workloadsInDepth': enumerated.filter(({ maxDepth }) => maxDepth > 1).length,
      'crash.walks': sum((report) =>
        report.name.endsWith(', walks') ? report.crashPoints / PLAN.walkDepth : 0,
      ),
      'crash.recoveryDepth': most(({ maxDepth }) => maxDepth),
    };
    leaveCounts(file, counts, formatCrashReports(reports));
  }

  #take(report: CrashReport, checked: number): void {
    this.#reports.push(report);
    this.#checked += checked;
    this.#used = process.cpuUsage(this.#started);
    expect(report.violations[0]?.timeline).toBeUndefined();
    expect(report.aborted).toBe(false);
  }
}
