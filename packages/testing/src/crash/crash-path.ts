import type { Fate } from '../simulated/fate.js';
import { type SimulatedDiskOptions, survivorOf } from '../simulated/simulated-disk.js';
import type { TraceEntry } from '../simulated/trace.js';
import type { CrashOptions } from './crash-study.js';
import type { Chapter } from './crash-timeline.js';
import { examine, type Verdict } from './examination.js';
import type { CrashPoint } from './recording.js';
import type { StudyRun } from './violation.js';
import { NondeterminismError } from './workload-recording.js';

/** One crash of many in a row: at which moment of its program, and what became of each pending change. */
export interface CrashTurn {
  readonly number: number;
  readonly fates: readonly Fate[];
}

/** Crashes in a row, each of the recovery after the one before, as far as they came. */
export interface CrashPath {
  readonly chapters: readonly Chapter[];
  /** Of the recovery after the last of them. */
  readonly verdict: Verdict;
}

/** Each life of the engine draws other ids than the one before. */
export function levelSeed(options: CrashOptions, depth: number): SimulatedDiskOptions {
  return { seed: (options.seed ?? 1) + (depth - 1) * 0x1_0000_0001, completions: options.completions };
}

/**
 * Crashes and recovers in a row, up to the end of `rest` or to the first recovery that breaks something. Rejects with
 * `NondeterminismError` when a recovery has no such moment, or other changes are pending at it.
 */
export async function followPath<Engine, Fact>(
  { study, options, oracle }: StudyRun<Engine, Fact>,
  first: Chapter,
  rest: readonly CrashTurn[],
): Promise<CrashPath> {
  const chapters = [first];
  let earlier: string | undefined;
  for (;;) {
    const chapter = chapters.at(-1) ?? first;
    const depth = chapters.length;
    const survivor = survivorOf(chapter.point.snapshot, chapter.fates, levelSeed(options, depth));
    earlier = chapter.point.ended ? earlier : undefined;
    const next = rest[depth - 1];
    const verdict = await examine(study, oracle, survivor.disk(), {
      facts: chapter.point.facts,
      depth,
      state: survivor.hash,
      earlier,
      deeper: next !== undefined,
    });
    if (verdict.error !== undefined || next === undefined) return { chapters, verdict };
    earlier = verdict.fingerprint;
    chapters.push(chapterAt(verdict, next));
  }
}

/** The moment of a program that a turn is about. */
export function chapterAt(
  { points, trace }: { readonly points: readonly CrashPoint[]; readonly trace: readonly TraceEntry[] },
  { number, fates }: CrashTurn,
): Chapter {
  const point = points[number];
  if (point === undefined || point.snapshot.pending.length !== fates.length) {
    const found = point === undefined ? 'no such moment' : `${point.snapshot.pending.length} pending changes`;
    throw new NondeterminismError(
      `moment ${number} does not have ${fates.length} pending changes any more, there is ${found}: the code has changed`,
    );
  }
  return { trace, point, number, fates };
}
