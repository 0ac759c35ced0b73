import type { Fate } from '../simulated/fate.js';
import { type SimulatedDiskOptions, survivorOf } from '../simulated/simulated-disk.js';
import type { CrashOptions, CrashStudy, CrashViolation } from './crash-study.js';
import { type Chapter, replayLine, stepsOf, timelineOf } from './crash-timeline.js';
import { examine, messageOf, type Verdict } from './examination.js';
import type { Oracle } from './oracle.js';
import { shrinkFates } from './shrink-fates.js';
import { NondeterminismError } from './workload-recording.js';

/** A study while it is being carried out. */
export interface StudyRun<Engine, Fact> {
  readonly study: CrashStudy<Engine, Fact>;
  readonly options: CrashOptions;
  readonly oracle: Oracle<Fact>;
}

/** Each life of the engine draws other ids than the one before. */
export function levelSeed(options: CrashOptions, depth: number): SimulatedDiskOptions {
  return { seed: (options.seed ?? 1) + (depth - 1) * 0x1_0000_0001, completions: options.completions };
}

/** Shrinks what broke to its simplest form, and writes down its story. */
export async function violationOf<Engine, Fact>(
  run: StudyRun<Engine, Fact>,
  chapters: readonly Chapter[],
  earlier: string | undefined,
): Promise<CrashViolation> {
  const last = chapters.at(-1);
  if (last === undefined) throw new RangeError('a violation needs a crash');
  const retry = (fates: readonly Fate[]): Promise<Verdict> =>
    retried(run, { ...last, fates }, { depth: chapters.length, earlier });
  if ((await retry(last.fates)).error === undefined) {
    throw new NondeterminismError('a state that failed once recovers when it is tried again');
  }
  const fates = await shrinkFates(last.fates, async (simpler) => (await retry(simpler)).error !== undefined);
  return describedViolation(run, [...chapters.slice(0, -1), { ...last, fates }], await retry(fates));
}

async function retried<Engine, Fact>(
  { study, options, oracle }: StudyRun<Engine, Fact>,
  { point, fates }: Chapter,
  { depth, earlier }: { readonly depth: number; readonly earlier: string | undefined },
): Promise<Verdict> {
  const survivor = survivorOf(point.snapshot, fates, levelSeed(options, depth));
  return examine(study, oracle, survivor.disk(), {
    facts: point.facts,
    depth,
    state: survivor.hash,
    earlier,
  });
}

export function describedViolation<Engine, Fact>(
  { study, options, oracle }: StudyRun<Engine, Fact>,
  chapters: readonly Chapter[],
  verdict: Verdict,
): CrashViolation {
  const seed = options.seed ?? 1;
  const message = messageOf(verdict.error);
  const facts = oracle.first(chapters[0]?.point.facts ?? 0);
  const describe = (fact: Fact): string => study.describe?.(fact) ?? JSON.stringify(fact);
  const story = {
    name: study.name,
    seed,
    chapters,
    recovery: verdict.trace,
    facts: facts.map(describe),
    message,
  };
  const steps = stepsOf(chapters);
  return {
    message,
    error: verdict.error,
    steps,
    replay: replayLine(seed, steps),
    timeline: timelineOf(story),
  };
}
