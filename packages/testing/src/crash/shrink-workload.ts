import type { CrashOptions, CrashStudy, CrashViolation } from './crash-study.js';

/** The same search of a smaller study, up to its first violation. */
export type SmallerSearch<Engine, Fact> = (
  study: CrashStudy<Engine, Fact>,
  kept: readonly number[],
) => Promise<CrashViolation | undefined>;

const MAX_TRIALS = 64;

/**
 * The same violation with as few steps of the workload as it needs: leaves out halves, quarters, and so on down to single
 * steps, as long as something still breaks. Any violation counts, not only one with the same message.
 */
export async function shrinkWorkload<Engine, Fact>(
  { steps }: CrashStudy<Engine, Fact>,
  options: Pick<CrashOptions, 'faults' | 'signal'>,
  violation: CrashViolation,
  search: SmallerSearch<Engine, Fact>,
): Promise<CrashViolation> {
  // A fault that is aimed at a call by its number would hit another one.
  if (steps === undefined || (options.faults ?? []).length > 0) return violation;
  let kept = Array.from({ length: steps.count }, (_, i) => i);
  let best = violation;
  let trials = 0;
  for (let size = Math.ceil(kept.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = kept.length - size; at > -size; at -= size) {
      if (trials >= MAX_TRIALS || options.signal?.aborted === true) return best;
      const fewer = kept.toSpliced(Math.max(at, 0), size + Math.min(at, 0));
      if (fewer.length === kept.length) continue;
      trials += 1;
      const found = await attempt(steps.keeping(fewer), fewer, search);
      if (found === undefined) continue;
      kept = fewer;
      best = found;
    }
  }
  return best;
}

/** Undefined when nothing breaks, or when a workload without these steps does not run. */
async function attempt<Engine, Fact>(
  study: CrashStudy<Engine, Fact>,
  kept: readonly number[],
  search: SmallerSearch<Engine, Fact>,
): Promise<CrashViolation | undefined> {
  try {
    return await search(study, kept);
  } catch {
    return undefined;
  }
}
