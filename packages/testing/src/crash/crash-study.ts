import type { Completions } from '../simulated/completions.js';
import type { FaultRule } from '../simulated/faults.js';
import type { CrashProfile, CrashProfileName } from '../simulated/profiles.js';
import type { SimulatedDisk } from '../simulated/simulated-disk.js';
import type { Oracle } from './oracle.js';

/** What a check may rely on. */
export interface CrashContext<Fact> {
  /** What the workload had noted when the power went; the same array for the same moment. */
  readonly facts: readonly Fact[];
  /** 1 after a crash of the workload, 2 after a crash of its recovery, and so on. */
  readonly depth: number;
  /** Hash of the state that was found: for checks that are too dear to be made in every state. */
  readonly state: number;
}

/**
 * An engine under examination, and what must hold for it. `Engine` is whatever `open` returns; `Fact` is whatever the
 * workload notes, such as "asked to append these records" and "was told that they are durable".
 *
 * The engine must take time and chance from the disk (`disk.clock`, `disk.random`) and do no other I/O: a run is then the
 * same run each time, and a violation can be replayed.
 */
export interface CrashStudy<Engine, Fact> {
  readonly name: string;
  /** Runs to its end on an empty disk. Whatever it throws ends the study. */
  workload(disk: SimulatedDisk, oracle: Oracle<Fact>): Promise<unknown>;
  /** Opens the engine on what a crash has left. A rejection is a violation. */
  open(disk: SimulatedDisk): Promise<Engine>;
  /**
   * Throws when something that must hold does not. May use the engine in every way, writing included; the disk is thrown
   * away afterwards. What it returns is compared: opening once more, after recovery came to its end, must give the same.
   */
  check(engine: Engine, context: CrashContext<Fact>): Promise<string | undefined>;
  /** One fact in words, for the timeline. Default: as JSON. */
  describe?(fact: Fact): string;
  /** What the engine makes of the disk that it finds, in words, for the timeline: what it will scan, cut, keep, remove. */
  plan?(disk: SimulatedDisk): Promise<string>;
  /** The workload as steps of which any may be left out: a violation is then shrunk to the steps that it needs. */
  readonly steps?: StudySteps<Engine, Fact> | undefined;
}

export interface StudySteps<Engine, Fact> {
  readonly count: number;
  /** The same study with these steps only, numbers from 0 in ascending order. */
  keeping(kept: readonly number[]): CrashStudy<Engine, Fact>;
}

export interface CrashOptions {
  /** Default 1. */
  readonly seed?: number | undefined;
  /** Default `strict`. */
  readonly profile?: CrashProfileName | CrashProfile | undefined;
  /** 1 (default): crashes of the workload. 2: of the recovery after each of them as well. And so on. */
  readonly depth?: number | undefined;
  /** Profile of crashes in recovery; default `profile`. */
  readonly nestedProfile?: CrashProfileName | CrashProfile | undefined;
  readonly completions?: Completions | undefined;
  /** Calls of the workload that fail. */
  readonly faults?: readonly FaultRule[] | undefined;
  /** Ends the search; default 3. */
  readonly maxViolations?: number | undefined;
  /** Takes every `count`th crash point from `index` on: a sample of a study that is too large for every run. */
  readonly shard?: { readonly index: number; readonly count: number } | undefined;
  /** First crash point of the workload to take: `resumeAt` of a search that was ended. Default 0. */
  readonly from?: number | undefined;
  /** First crash point of the workload that is not taken. Default: none. */
  readonly to?: number | undefined;
  /**
   * Only crash points at which the workload had noted so many facts at least: of studies that begin in the same way, one
   * tries the crashes of that beginning. Default 0.
   */
  readonly fromFact?: number | undefined;
  /** Cut the power once the workload has ended, and not before. Default false. */
  readonly onlyEnd?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called about once for every thousand states. */
  readonly onProgress?: ((progress: CrashReport) => void) | undefined;
}

/** One crash on the way to a state: at which moment, and what became of each pending change. */
export interface CrashStep {
  /** Number of the moment: there is one at each mutating call, at facts between two of them, and at the end. */
  readonly crash: number;
  readonly resolution: string;
}

export interface CrashViolation {
  readonly message: string;
  readonly error: unknown;
  readonly steps: readonly CrashStep[];
  /** For `replayCrash`: `seed=1 crash=12:k.d.c512`; with `keep=0.3` when only these steps of the workload are needed. */
  readonly replay: string;
  /** What happened, from the first call to the broken promise, for people. */
  readonly timeline: string;
}

export interface CrashReport {
  readonly name: string;
  readonly seed: number;
  /** Moments at which the power was cut, in the workload and in recoveries. */
  readonly crashPoints: number;
  /** States that those cuts may leave. */
  readonly states: number;
  /** Of these, how many were different: each was recovered and checked. */
  readonly distinctStates: number;
  readonly maxDepth: number;
  readonly violations: readonly CrashViolation[];
  readonly elapsedMs: number;
  /** Distinct states recovered and checked in a second. */
  readonly perSecond: number;
  /** Equal for equal code and seed. */
  readonly hash: number;
  /** True when the search was ended before it was complete. */
  readonly aborted: boolean;
  /** Of a search that was ended: `from` of the one that goes on. Walks count walks, enumerations crash points. */
  readonly resumeAt?: number | undefined;
}
