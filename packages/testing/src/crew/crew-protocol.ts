import type { CrashOptions, CrashReport, CrashViolation } from '../crash/crash-study.js';
import type { FaultOptions, FaultReport } from '../crash/enumerate-faults.js';
import type { WalkOptions } from '../crash/walk-crashes.js';
import type { CrashProfileName } from '../simulated/profiles.js';

/** What cannot cross to another thread stays out: functions, signals, and the range, which the crew decides. */
type Sendable<Options> = Omit<
  Options,
  'signal' | 'onProgress' | 'from' | 'to' | 'profile' | 'nestedProfile'
> & {
  /** By name only: a function cannot be handed to a worker. */
  readonly profile?: CrashProfileName | undefined;
  readonly nestedProfile?: CrashProfileName | undefined;
};

export type CrewCrashOptions = Sendable<CrashOptions>;
export type CrewFaultOptions = Sendable<FaultOptions>;
export type CrewWalkOptions = Sendable<WalkOptions>;

/** Crash points, walks or cells: from this one on, up to but without that one. */
export interface CrewRange {
  readonly from: number;
  readonly to: number;
}

export type CrewTask =
  | { readonly kind: 'crashes'; readonly study: string; readonly options: CrewCrashOptions }
  | { readonly kind: 'walks'; readonly study: string; readonly options: CrewWalkOptions }
  | { readonly kind: 'faults'; readonly study: string; readonly options: CrewFaultOptions };

/** To a worker: how large is a task, or what comes of this part of it. */
export interface CrewJob {
  readonly task: CrewTask;
  /** Undefined: only the size is asked for. */
  readonly range: CrewRange | undefined;
}

export type CrewAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'size'; readonly size: number }
  | { readonly kind: 'report'; readonly report: PartReport }
  | { readonly kind: 'failed'; readonly name: string; readonly message: string };

/** What comes of a part of a task. */
export type PartReport = CrashReport | FaultReport;

/** What the workers have found, in the order of the parts. */
export interface CrewResult {
  readonly reports: readonly PartReport[];
  /** Where the first part that was not finished begins; undefined when all were. */
  readonly resumeAt: number | undefined;
  readonly elapsedMs: number;
}

/** An error may hold anything; its words are in the message and the timeline. */
export function sendable(report: CrashReport): CrashReport {
  const violations = report.violations.map((one): CrashViolation => ({ ...one, error: undefined }));
  return { ...report, violations };
}
