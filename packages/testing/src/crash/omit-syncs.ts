import { describeCall, type TraceEntry } from '../simulated/trace.js';
import type { CrashOptions, CrashStudy, CrashViolation } from './crash-study.js';
import { enumerateCrashes } from './enumerate-crashes.js';
import { recordWorkload } from './workload-recording.js';

/** A sync of the workload that was left out, and what came of it. */
export interface OmittedSync {
  /** Mutation index of the sync. */
  readonly index: number;
  /** `sync a`, `syncDirectory .`. */
  readonly call: string;
  /** Undefined when nothing broke: the sync is not needed, or the study does not look at what it is for. */
  readonly violation: CrashViolation | undefined;
}

/**
 * Leaves out each sync of the workload in turn, as an engine that forgot it would, and crashes the rest. A sync whose
 * absence breaks nothing is one too many, or shows a hole in the study: both are worth knowing. It is also how a study
 * proves that it would notice.
 */
export async function omitSyncs<Engine, Fact>(
  study: CrashStudy<Engine, Fact>,
  options: Omit<CrashOptions, 'faults' | 'maxViolations' | 'onProgress'> = {},
): Promise<readonly OmittedSync[]> {
  const { trace } = await recordWorkload(study, options);
  const omitted: OmittedSync[] = [];
  for (const entry of trace) {
    if (options.signal?.aborted === true) break;
    if (entry.call === 'sync' || entry.call === 'syncDirectory')
      omitted.push(await withoutSync(study, options, entry));
  }
  return omitted;
}

async function withoutSync<Engine, Fact>(
  study: CrashStudy<Engine, Fact>,
  options: CrashOptions,
  entry: TraceEntry,
): Promise<OmittedSync> {
  const faults = [{ at: entry.index, effect: { kind: 'lie' } }] as const;
  const settings = { ...options, faults, maxViolations: 1 };
  // Most missing syncs show when everything after some moment is lost, which is quickly tried.
  let report = await enumerateCrashes(study, { ...settings, profile: 'prefix' });
  if (report.violations.length === 0) report = await enumerateCrashes(study, settings);
  return { index: entry.index, call: describeCall(entry), violation: report.violations[0] };
}
