import { type CrashProfile, crashProfiles } from '../simulated/profiles.js';
import { SeededRandom } from '../simulated/seeded-random.js';
import { survivorOf } from '../simulated/simulated-disk.js';
import { combine, hashText } from '../simulated/state-hash.js';
import { type TraceEntry, traceHash } from '../simulated/trace.js';
import { levelSeed } from './crash-path.js';
import type { CrashReport } from './crash-study.js';
import { CrashTally } from './crash-tally.js';
import type { Chapter } from './crash-timeline.js';
import { examine, type Verdict } from './examination.js';
import type { CrashPoint } from './recording.js';
import { type StudyRun, violationOf } from './violation.js';
import { NondeterminismError, requireSameTrace } from './workload-recording.js';

/** A program whose crashes are being walked through. */
interface Frame {
  readonly depth: number;
  readonly history: readonly Chapter[];
  readonly trace: readonly TraceEntry[];
  readonly earlier: string | undefined;
  readonly states: Iterator<Pick<Chapter, 'point' | 'number' | 'fates'>>;
}

const REPORT_EVERY = 1000;
const REPEAT_EVERY = 128;

/** Walks through every state that the crashes of one program may leave, and recovers each different one. */
export class CrashSearch<Engine, Fact> {
  readonly #run: StudyRun<Engine, Fact>;
  readonly #tally: CrashTally;
  readonly #depth: number;
  /** How deep recovery was crashed from a state, by state: less deep adds nothing. */
  readonly #seen = new Map<number, number>();

  public constructor(run: StudyRun<Engine, Fact>) {
    this.#run = run;
    this.#depth = run.options.depth ?? 1;
    this.#tally = new CrashTally(run.study.name, run.options.seed ?? 1);
    this.#tally.reached = run.options.from ?? 0;
  }

  public async run(points: readonly CrashPoint[], trace: readonly TraceEntry[]): Promise<CrashReport> {
    this.#tally.fold(traceHash(trace));
    const stack = [this.#frame({ points, trace, history: [], earlier: undefined, state: 0 })];
    for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
      if (this.#stopped()) break;
      const next = frame.states.next();
      if (next.done === true) stack.pop();
      else {
        const inner = await this.#visit(frame, { trace: frame.trace, ...next.value });
        if (inner !== undefined) stack.push(inner);
      }
    }
    return this.#tally.report();
  }

  #frame(of: {
    readonly points: readonly CrashPoint[];
    readonly trace: readonly TraceEntry[];
    readonly history: readonly Chapter[];
    readonly earlier: string | undefined;
    /** Hash of the state that the program found. */
    readonly state: number;
  }): Frame {
    const depth = of.history.length + 1;
    return {
      depth,
      history: of.history,
      trace: of.trace,
      earlier: of.earlier,
      states: this.#states(of.points, depth, of.state),
    };
  }

  /** Chance is drawn anew at each point, so that what is tried there does not depend on where the search began. */
  *#states(points: readonly CrashPoint[], depth: number, state: number): Frame['states'] {
    const profile = this.#profile(depth);
    for (const [number, point] of points.entries()) {
      if (depth === 1 && !this.#takes(number, point)) continue;
      if (depth === 1) this.#tally.reached = number;
      this.#tally.crashPoints += 1;
      const random = new SeededRandom(
        this.#run.options.seed ?? 1,
        combine(combine(state, depth), number) | 0,
      );
      for (const fates of profile(point.snapshot.pending, random)) yield { point, number, fates };
    }
  }

  #takes(number: number, point: CrashPoint): boolean {
    const { shard, onlyEnd, from = 0, to = Number.POSITIVE_INFINITY, fromFact = 0 } = this.#run.options;
    if (number < from || number >= to || (onlyEnd === true && !point.ended)) return false;
    if (point.facts < fromFact) return false;
    return shard === undefined || number % shard.count === shard.index;
  }

  #profile(depth: number): CrashProfile {
    const { profile = 'strict', nestedProfile = profile } = this.#run.options;
    const chosen = depth === 1 ? profile : nestedProfile;
    return typeof chosen === 'string' ? crashProfiles[chosen] : chosen;
  }

  /** Returns the crashes of this state's recovery, if it is to be crashed too. */
  async #visit(frame: Frame, chapter: Chapter): Promise<Frame | undefined> {
    const { point, fates } = chapter;
    const survivor = survivorOf(point.snapshot, fates, levelSeed(this.#run.options, frame.depth));
    const earlier = point.ended ? frame.earlier : undefined;
    this.#tally.states += 1;
    await this.#pause();
    if (!this.#isNew(frame.depth, combine(combine(survivor.hash, point.facts), hashText(earlier ?? '')))) {
      return undefined;
    }
    this.#tally.distinctStates += 1;
    this.#tally.maxDepth = Math.max(this.#tally.maxDepth, frame.depth);
    const deeper = frame.depth < this.#depth;
    const circumstances = { facts: point.facts, depth: frame.depth, state: survivor.hash, earlier, deeper };
    const { study, oracle } = this.#run;
    const verdict = await examine(study, oracle, survivor.disk(), circumstances);
    this.#tally.fold(combine(survivor.hash, hashText(verdict.fingerprint ?? '')));
    const history = [...frame.history, chapter];
    if (verdict.error !== undefined) {
      this.#tally.violations.push(await violationOf(this.#run, history));
      return undefined;
    }
    if (this.#tally.distinctStates % REPEAT_EVERY === 0) {
      requireSameVerdict(verdict, await examine(study, oracle, survivor.disk(), circumstances));
    }
    if (!deeper) return undefined;
    return this.#frame({
      points: verdict.points,
      trace: verdict.trace,
      history,
      earlier: verdict.fingerprint,
      state: survivor.hash,
    });
  }

  #isNew(depth: number, key: number): boolean {
    const deeper = this.#depth - depth;
    if ((this.#seen.get(key) ?? -1) >= deeper) return false;
    this.#seen.set(key, deeper);
    return true;
  }

  #stopped(): boolean {
    const enough = this.#tally.violations.length >= (this.#run.options.maxViolations ?? 3);
    this.#tally.aborted = enough || this.#run.options.signal?.aborted === true;
    return this.#tally.aborted;
  }

  /** Lets timers, signals and other work of the process have their turn now and then. */
  async #pause(): Promise<void> {
    if (this.#tally.states % REPORT_EVERY !== 0) return;
    this.#run.options.onProgress?.(this.#tally.report());
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }
}

function requireSameVerdict(first: Verdict, second: Verdict): void {
  requireSameTrace(first.trace, second.trace);
  if (first.fingerprint === second.fingerprint && second.error === undefined) return;
  throw new NondeterminismError('two recoveries of one state differ: a violation could not be replayed');
}
