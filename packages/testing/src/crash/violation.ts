import type { Fate } from '../simulated/fate.js';
import { survivorOf } from '../simulated/simulated-disk.js';
import { type CrashPath, type CrashTurn, followPath, levelSeed } from './crash-path.js';
import type { CrashOptions, CrashStudy, CrashViolation } from './crash-study.js';
import { type Chapter, replayLine, stepsOf, timelineOf } from './crash-timeline.js';
import { messageOf } from './examination.js';
import type { Oracle } from './oracle.js';
import { shrinkFates } from './shrink-fates.js';
import { NondeterminismError } from './workload-recording.js';

/** A study while it is being carried out. */
export interface StudyRun<Engine, Fact> {
  readonly study: CrashStudy<Engine, Fact>;
  readonly options: CrashOptions;
  readonly oracle: Oracle<Fact>;
  /** The steps of the whole workload that are left in this one; undefined when all are. */
  readonly kept?: readonly number[] | undefined;
}

/** Shrinks what broke to its simplest form, and writes down its story. */
export async function violationOf<Engine, Fact>(
  run: StudyRun<Engine, Fact>,
  chapters: readonly Chapter[],
): Promise<CrashViolation> {
  const [first, ...rest] = chapters;
  if (first === undefined) throw new RangeError('a violation needs a crash');
  let path = await followPath(run, first, rest);
  if (path.verdict.error === undefined) {
    throw new NondeterminismError('a state that failed once recovers when it is tried again');
  }
  for (let at = path.chapters.length - 1; at >= 0; at -= 1) path = await simplified(run, path, at);
  return describedViolation(run, path);
}

/** The same path with the simplest resolution of its crash number `at` that still fails. */
async function simplified<Engine, Fact>(
  run: StudyRun<Engine, Fact>,
  path: CrashPath,
  at: number,
): Promise<CrashPath> {
  const attempt = (fates: readonly Fate[]): Promise<CrashPath | undefined> =>
    attempted(
      run,
      path.chapters.map((chapter, i) => (i === at ? { ...chapter, fates } : chapter)),
    );
  const fates = path.chapters[at]?.fates ?? [];
  const simplest = await shrinkFates(fates, async (simpler) => (await attempt(simpler)) !== undefined);
  return (await attempt(simplest)) ?? path;
}

/** Undefined when nothing breaks that way, or when there is no such way. */
async function attempted<Engine, Fact>(
  run: StudyRun<Engine, Fact>,
  [first, ...rest]: readonly (Chapter & CrashTurn)[],
): Promise<CrashPath | undefined> {
  if (first === undefined) return undefined;
  try {
    const path = await followPath(run, first, rest);
    return path.verdict.error === undefined ? undefined : path;
  } catch (error) {
    // A recovery that finds something simpler does other things, and may have no such moment.
    if (error instanceof NondeterminismError) return undefined;
    throw error;
  }
}

export async function describedViolation<Engine, Fact>(
  run: StudyRun<Engine, Fact>,
  { chapters, verdict }: CrashPath,
): Promise<CrashViolation> {
  const { study, options, oracle, kept } = run;
  const seed = options.seed ?? 1;
  const message = messageOf(verdict.error);
  const facts = oracle.first(chapters[0]?.point.facts ?? 0);
  const describe = (fact: Fact): string => study.describe?.(fact) ?? JSON.stringify(fact);
  const steps = stepsOf(chapters);
  const replay = replayLine({ seed, kept, steps });
  const story = {
    name: study.name,
    kept,
    chapters,
    plan: await planOf(run, chapters),
    recovery: verdict.trace,
    facts: facts.map(describe),
    message,
    replay,
  };
  return { message, error: verdict.error, steps, replay, timeline: timelineOf(story) };
}

/** What the engine says that it will do with the last of the disks. */
async function planOf<Engine, Fact>(
  { study, options }: StudyRun<Engine, Fact>,
  chapters: readonly Chapter[],
): Promise<string | undefined> {
  const last = chapters.at(-1);
  if (last === undefined || study.plan === undefined) return undefined;
  const disk = survivorOf(last.point.snapshot, last.fates, levelSeed(options, chapters.length)).disk();
  try {
    return await disk.run(() => study.plan?.(disk) ?? Promise.resolve(''));
  } catch (error) {
    return `none: ${messageOf(error)}`;
  } finally {
    disk.crash();
  }
}
