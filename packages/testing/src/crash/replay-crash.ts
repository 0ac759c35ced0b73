import { fatesFromText } from '../simulated/fate.js';
import { survivorOf } from '../simulated/simulated-disk.js';
import type { TraceEntry } from '../simulated/trace.js';
import type { CrashOptions, CrashStep, CrashStudy, CrashViolation } from './crash-study.js';
import type { Chapter } from './crash-timeline.js';
import { examine, type Verdict } from './examination.js';
import type { CrashPoint } from './recording.js';
import { describedViolation, levelSeed } from './violation.js';
import { NondeterminismError, recordWorkload } from './workload-recording.js';

/**
 * Goes the way of one crash again. `line` is the replay line of a violation, `seed=1 crash=12:k.d.c512`; `options` are
 * those of the search, its seed excepted. Resolves with the violation, or with undefined when all is well by now.
 */
export async function replayCrash<Engine, Fact>(
  study: CrashStudy<Engine, Fact>,
  line: string,
  options: CrashOptions = {},
): Promise<CrashViolation | undefined> {
  const { seed, steps } = parseReplayLine(line);
  const settings = { ...options, seed };
  const { oracle, points, trace } = await recordWorkload(study, settings);
  const run = { study, options: settings, oracle };
  const chapters: Chapter[] = [];
  let level: { readonly points: readonly CrashPoint[]; readonly trace: readonly TraceEntry[] } = {
    points,
    trace,
  };
  let verdict: Verdict | undefined;
  for (const [i, step] of steps.entries()) {
    const chapter = chapterOf(level, step);
    chapters.push(chapter);
    const survivor = survivorOf(chapter.point.snapshot, chapter.fates, levelSeed(settings, i + 1));
    const earlier = chapter.point.ended ? verdict?.fingerprint : undefined;
    verdict = await examine(study, oracle, survivor.disk(), {
      facts: chapter.point.facts,
      depth: i + 1,
      state: survivor.hash,
      earlier,
    });
    level = verdict;
    if (verdict.error !== undefined) return describedViolation(run, chapters, verdict);
  }
  return undefined;
}

function chapterOf(
  { points, trace }: { readonly points: readonly CrashPoint[]; readonly trace: readonly TraceEntry[] },
  { crash, resolution }: CrashStep,
): Chapter {
  const point = points[crash];
  const fates = fatesFromText(resolution);
  if (point === undefined || point.snapshot.pending.length !== fates.length) {
    const found = point === undefined ? 'no such moment' : `${point.snapshot.pending.length} pending changes`;
    throw new NondeterminismError(
      `moment ${crash} does not have ${fates.length} pending changes any more, there is ${found}: the code has changed`,
    );
  }
  return { trace, point, number: crash, fates };
}

export function parseReplayLine(line: string): {
  readonly seed: number;
  readonly steps: readonly CrashStep[];
} {
  const match = /seed=(-?\d+) crash=(\S+)/.exec(line);
  if (match === null) throw new RangeError(`${JSON.stringify(line)} is not a replay line`);
  const steps = (match[2] ?? '').split('>').map((step) => {
    const [crash = '', resolution = ''] = step.split(':');
    return { crash: Number(crash), resolution };
  });
  return { seed: Number(match[1]), steps };
}
