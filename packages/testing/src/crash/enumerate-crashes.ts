import { CrashSearch } from './crash-search.js';
import type { CrashOptions, CrashReport, CrashStudy } from './crash-study.js';
import { recordWorkload, requireSameTrace } from './workload-recording.js';

/**
 * Proves an engine by every crash there is: runs the workload once, then cuts the power at each of its mutating calls,
 * resolves what was pending in every way that the profile knows, and on each different state recovers and checks what
 * must hold; to the given depth also in recovery itself. Rejects with `NondeterminismError` when runs with one seed
 * differ, and with whatever the workload throws.
 */
export async function enumerateCrashes<Engine, Fact>(
  study: CrashStudy<Engine, Fact>,
  options: CrashOptions = {},
): Promise<CrashReport> {
  const recording = await recordWorkload(study, options);
  requireSameTrace(recording.trace, (await recordWorkload(study, options)).trace);
  return new CrashSearch({ study, options, oracle: recording.oracle }).run(recording.points, recording.trace);
}
