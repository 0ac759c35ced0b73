import { fatesFromText } from '../simulated/fate.js';
import { chapterAt, followPath } from './crash-path.js';
import type { CrashOptions, CrashStep, CrashStudy, CrashViolation } from './crash-study.js';
import { describedViolation } from './violation.js';
import { recordWorkload } from './workload-recording.js';

/**
 * Goes the way of one crash again. `line` is the replay line of a violation, `seed=1 crash=12:k.d.c512`; `options` are
 * those of the search, its seed excepted. Resolves with the violation, or with undefined when all is well by now.
 */
export async function replayCrash<Engine, Fact>(
  study: CrashStudy<Engine, Fact>,
  line: string,
  options: CrashOptions = {},
): Promise<CrashViolation | undefined> {
  const { seed, kept, steps } = parseReplayLine(line);
  const settings = { ...options, seed };
  const chosen = kept === undefined ? study : keptStudy(study, kept);
  const recording = await recordWorkload(chosen, settings);
  const run = { study: chosen, options: settings, oracle: recording.oracle, kept };
  const [first, ...rest] = steps.map(({ crash, resolution }) => ({
    number: crash,
    fates: fatesFromText(resolution),
  }));
  if (first === undefined) return undefined;
  const path = await followPath(run, chapterAt(recording, first), rest);
  return path.verdict.error === undefined ? undefined : describedViolation(run, path);
}

function keptStudy<Engine, Fact>(
  study: CrashStudy<Engine, Fact>,
  kept: readonly number[],
): CrashStudy<Engine, Fact> {
  if (study.steps === undefined) throw new RangeError(`'${study.name}' has no steps that could be left out`);
  return study.steps.keeping(kept);
}

export function parseReplayLine(line: string): {
  readonly seed: number;
  readonly kept: readonly number[] | undefined;
  readonly steps: readonly CrashStep[];
} {
  const match = /seed=(-?\d+)(?: keep=(\S*))? crash=(\S+)/.exec(line);
  if (match === null) throw new RangeError(`${JSON.stringify(line)} is not a replay line`);
  const [, seed, keep, crashes = ''] = match;
  const steps = crashes.split('>').map((step) => {
    const [crash = '', resolution = ''] = step.split(':');
    return { crash: Number(crash), resolution };
  });
  const kept = keep === undefined ? undefined : keep.split('.').filter(Boolean).map(Number);
  return { seed: Number(seed), kept, steps };
}
