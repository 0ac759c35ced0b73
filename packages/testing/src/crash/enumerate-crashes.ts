import { CrashSearch } from './crash-search.js';
import type { CrashOptions, CrashReport, CrashStudy, CrashViolation } from './crash-study.js';
import { shrinkWorkload } from './shrink-workload.js';
import { recordWorkload, requireSameTrace } from './workload-recording.js';

/** A smaller workload has other crash points: all of them are tried. */
const WHOLE = { from: undefined, to: undefined, shard: undefined, onProgress: undefined } as const;

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
  const report = await searched(study, options);
  const [first, ...others] = report.violations;
  if (first === undefined) return report;
  const simplest = (await shallower(study, options, first.steps.length)) ?? first;
  const depth = simplest.steps.length;
  const shrunk = await shrinkWorkload(study, options, simplest, async (smaller, kept) => {
    const { violations } = await searched(smaller, { ...options, ...WHOLE, depth, maxViolations: 1 }, kept);
    return violations[0];
  });
  return { ...report, violations: [shrunk, ...others] };
}

/** A violation of the same study that takes fewer crashes in a row, if there is one. */
async function shallower<Engine, Fact>(
  study: CrashStudy<Engine, Fact>,
  options: CrashOptions,
  crashes: number,
): Promise<CrashViolation | undefined> {
  for (let depth = 1; depth < crashes; depth += 1) {
    const { violations } = await searched(study, { ...options, ...WHOLE, depth, maxViolations: 1 });
    if (violations[0] !== undefined) return violations[0];
  }
  return undefined;
}

async function searched<Engine, Fact>(
  study: CrashStudy<Engine, Fact>,
  options: CrashOptions,
  kept?: readonly number[],
): Promise<CrashReport> {
  const { oracle, points, trace } = await recordWorkload(study, options);
  requireSameTrace(trace, (await recordWorkload(study, options)).trace);
  return new CrashSearch({ study, options, oracle, kept }).run(points, trace);
}
