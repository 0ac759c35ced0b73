import { randomFates } from '../simulated/profiles.js';
import { SeededRandom } from '../simulated/seeded-random.js';
import { survivorOf } from '../simulated/simulated-disk.js';
import { combine, hashText } from '../simulated/state-hash.js';
import { traceHash } from '../simulated/trace.js';
import { levelSeed } from './crash-path.js';
import type { CrashOptions, CrashReport, CrashStudy } from './crash-study.js';
import { CrashTally } from './crash-tally.js';
import type { Chapter } from './crash-timeline.js';
import { examine, type Verdict } from './examination.js';
import type { Recording } from './recording.js';
import { shrinkWorkload } from './shrink-workload.js';
import { type StudyRun, violationOf } from './violation.js';
import { recordWorkload } from './workload-recording.js';

export interface WalkOptions
  extends Pick<CrashOptions, 'seed' | 'completions' | 'faults' | 'maxViolations' | 'signal'> {
  /** How many walks: those with the numbers from `from` on. */
  readonly walks: number;
  /** First walk: `resumeAt` of a search that was ended. What a walk draws follows from its number. Default 0. */
  readonly from?: number | undefined;
  /** Crashes in a row: one of the workload, the next of the recovery after it, and so on. Default 3. */
  readonly depth?: number | undefined;
  /** Stale blocks and moves cut in half too. Default false. */
  readonly hostile?: boolean | undefined;
}

const WALKS = 100;
/** How many walks of a smaller workload show that nothing breaks in it. */
const SHRINKING_WALKS = 400;

/** Only what is needed of a program to crash it once more. */
type Program = Pick<Recording<unknown>, 'points' | 'trace'>;

/**
 * Goes where enumeration cannot: each walk crashes the workload anywhere, its recovery anywhere, the recovery of that, and
 * so on, with everything drawn from the seed. A violation is shrunk and replayed as those of `enumerateCrashes` are.
 */
export async function walkCrashes<Engine, Fact>(
  study: CrashStudy<Engine, Fact>,
  options: WalkOptions,
): Promise<CrashReport> {
  const report = await walked(study, options);
  const [first, ...others] = report.violations;
  if (first === undefined) return report;
  const fewer = { ...options, walks: Math.min(options.walks, SHRINKING_WALKS), from: 0, maxViolations: 1 };
  const shrunk = await shrinkWorkload(study, options, first, async (smaller, kept) => {
    const { violations } = await walked(smaller, fewer, kept);
    return violations[0];
  });
  return { ...report, violations: [shrunk, ...others] };
}

async function walked<Engine, Fact>(
  study: CrashStudy<Engine, Fact>,
  options: WalkOptions,
  kept?: readonly number[],
): Promise<CrashReport> {
  const recording = await recordWorkload(study, options);
  const tally = new CrashTally(study.name, options.seed ?? 1);
  const walker = new Walker({ study, options, oracle: recording.oracle, kept }, tally, options);
  tally.fold(traceHash(recording.trace));
  const { from = 0, walks } = options;
  for (let walk = from; walk < from + walks; walk += 1) {
    tally.reached = walk;
    const enough = tally.violations.length >= (options.maxViolations ?? 3);
    tally.aborted = enough || options.signal?.aborted === true;
    if (tally.aborted) break;
    await walker.walk(recording, walk);
    if (walk % 256 === 255) {
      await new Promise<void>((resolve) => {
        setImmediate(resolve);
      });
    }
  }
  return tally.report();
}

class Walker<Engine, Fact> {
  readonly #run: StudyRun<Engine, Fact>;
  readonly #tally: CrashTally;
  readonly #options: WalkOptions;
  readonly #seen = new Set<number>();

  public constructor(run: StudyRun<Engine, Fact>, tally: CrashTally, options: WalkOptions) {
    this.#run = run;
    this.#tally = tally;
    this.#options = options;
  }

  public async walk(workload: Program, walk: number): Promise<void> {
    const random = new SeededRandom(this.#options.seed ?? 1, combine(WALKS, walk) | 0);
    const chapters: Chapter[] = [];
    let program = workload;
    let earlier: string | undefined;
    const depth = this.#options.depth ?? 3;
    while (chapters.length < depth) {
      const number = random.below(program.points.length);
      const point = program.points[number];
      if (point === undefined) return;
      const fates = randomFates(point.snapshot.pending, random, this.#options);
      const chapter = { trace: program.trace, point, number, fates };
      chapters.push(chapter);
      earlier = point.ended ? earlier : undefined;
      const verdict = await this.#examine(chapter, chapters.length, earlier);
      if (verdict.error !== undefined) {
        this.#tally.violations.push(await violationOf(this.#run, chapters));
        return;
      }
      earlier = verdict.fingerprint;
      program = verdict;
    }
  }

  async #examine({ point, fates }: Chapter, depth: number, earlier: string | undefined): Promise<Verdict> {
    const { study, oracle, options } = this.#run;
    const survivor = survivorOf(point.snapshot, fates, levelSeed(options, depth));
    this.#tally.crashPoints += 1;
    this.#tally.states += 1;
    this.#tally.maxDepth = Math.max(this.#tally.maxDepth, depth);
    const key = combine(survivor.hash, point.facts);
    if (!this.#seen.has(key)) this.#tally.distinctStates += 1;
    this.#seen.add(key);
    const deeper = depth < (this.#options.depth ?? 3);
    const circumstances = { facts: point.facts, depth, state: survivor.hash, earlier, deeper };
    const verdict = await examine(study, oracle, survivor.disk(), circumstances);
    this.#tally.fold(combine(survivor.hash, hashText(verdict.fingerprint ?? '')));
    return verdict;
  }
}
