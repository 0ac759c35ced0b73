import type { StorageDirectory } from '@seglog/core';
import type { Completions } from './completions.js';
import { DirectoryNode } from './directory-node.js';
import { type DiskSnapshot, takeSnapshot } from './disk-snapshot.js';
import { type Fate, fatesToText } from './fate.js';
import type { FaultRule } from './faults.js';
import { type CrashMoment, Kernel } from './kernel.js';
import { type CrashProfile, type CrashProfileName, crashProfiles } from './profiles.js';
import { runToEnd } from './run-to-end.js';
import { SeededRandom } from './seeded-random.js';
import { SimulatedDirectory } from './simulated-directory.js';
import { type DiskTree, knownHash, survivingTree } from './surviving-tree.js';
import type { DiskCall, TraceEntry } from './trace.js';
import type { VirtualClock } from './virtual-clock.js';

export interface SimulatedDiskOptions {
  /** Every choice of the disk follows from it. Any integer. */
  readonly seed: number;
  /** Default `immediate`. */
  readonly completions?: Completions | undefined;
  /** Calls that fail; default none. */
  readonly faults?: readonly FaultRule[] | undefined;
}

/** A disk that is not empty. */
export interface FoundDisk {
  readonly root: DirectoryNode;
  readonly order: number;
  readonly elapsedMs: number;
}

/** One state that a crash may leave. */
export interface Survivor {
  readonly fates: readonly Fate[];
  /** `fates` in short, for replays. */
  readonly resolution: string;
  /** Equal states have equal hashes. */
  readonly hash: number;
  /** A fresh disk in this state, everything on it durable but for what only a process kill has left. Each call makes another one. */
  disk(): SimulatedDisk;
}

/** The system that the files of a disk belong to. */
export let kernelOf: (disk: SimulatedDisk) => Kernel;

/**
 * A disk in memory that knows what a power cut would leave of it. It keeps what the program sees apart from what is
 * durable: a file's bytes and size become durable by its own sync, its name by the sync of its directory, nothing by
 * close, rename or exit. Time and chance are its own, so that a run with the same seed and code is the same run.
 *
 * Hand `root`, `clock` and `random` to the engine under test. Real time and real I/O have no place beside it.
 */
export class SimulatedDisk {
  public readonly seed: number;
  /** For the other doors to this disk; not part of what the package exports. */
  static {
    kernelOf = (disk) => disk.#kernel;
  }

  readonly #kernel: Kernel;
  readonly #options: SimulatedDiskOptions;
  #root: SimulatedDirectory | undefined;
  #snapshot: { readonly changes: number; readonly value: DiskSnapshot } | undefined;

  /** `found` is what an earlier process has left; without it the disk is empty. */
  public constructor(options: SimulatedDiskOptions, found?: FoundDisk) {
    this.seed = options.seed;
    this.#options = options;
    this.#kernel = new Kernel(found?.root ?? new DirectoryNode(), {
      seed: options.seed,
      completions: options.completions ?? 'immediate',
      faults: options.faults ?? [],
      elapsedMs: found?.elapsedMs ?? 0,
      order: found?.order ?? 0,
    });
  }

  /** The root directory. Once it was closed, a new handle to the same files: as another process would see them. */
  public get root(): StorageDirectory {
    if (this.#root === undefined || this.#root.closed) {
      this.#root = new SimulatedDirectory(this.#kernel, this.#kernel.root, '');
    }
    return this.#root;
  }

  public get clock(): VirtualClock {
    return this.#kernel.clock;
  }

  public get random(): SeededRandom {
    return this.#kernel.random;
  }

  /** Every mutating call so far. Its length is the mutation index of the next one. */
  public get trace(): readonly TraceEntry[] {
    return this.#kernel.trace;
  }

  public get crashed(): boolean {
    return this.#kernel.dead;
  }

  /** The process dies at the mutating call `index`: no call settles any more, time stands still, `run` ends. */
  public crashAt(index: number, when: CrashMoment = 'during'): void {
    this.#kernel.crashAt(index, when);
  }

  /** The process dies now. */
  public crash(): void {
    this.#kernel.die();
  }

  /**
   * Runs a program on this disk. Resolves as `program` does; rejects with `CrashedError` when the process dies, and with
   * `StalledError` when nothing is left that could make `program` go on.
   */
  public run<T>(program: () => Promise<T>): Promise<T> {
    return runToEnd(this.#kernel, program);
  }

  /** Calls `observe` at each mutating call, while it is in flight. It must not call the disk's directories. */
  public onMutation(observe: ((index: number) => void) | undefined): void {
    this.#kernel.onMutation = observe;
  }

  /** Calls `observe` at each call, mutating or not; the first one has number 0, as in `FaultRule.atCall`. */
  public onCall(observe: ((call: DiskCall) => void) | undefined): void {
    this.#kernel.onCall = observe;
  }

  /** What a crash at this moment decides on; an immutable value. The same object as long as nothing has changed. */
  public snapshot(): DiskSnapshot {
    const { changes, root, inFlight, clock } = this.#kernel;
    if (this.#snapshot?.changes !== changes) {
      this.#snapshot = { changes, value: takeSnapshot(root, inFlight, clock.monotonicMs()) };
    }
    return this.#snapshot.value;
  }

  /** Every state that a crash at this moment may leave under `profile`, equal ones once. */
  public *survivors(profile: CrashProfileName | CrashProfile): Generator<Survivor> {
    yield* survivorsOf(this.snapshot(), profile, this.#options);
  }

  /** The pages that a failed sync left marked as clean leave the cache: what it forgot is seen no longer. */
  public evict(): void {
    for (const file of this.snapshot().files.keys()) file.evict();
  }
}

/** As {@link SimulatedDisk.survivors}, of an earlier moment. */
export function* survivorsOf(
  snapshot: DiskSnapshot,
  profile: CrashProfileName | CrashProfile,
  options: SimulatedDiskOptions,
): Generator<Survivor> {
  const resolutions = typeof profile === 'string' ? crashProfiles[profile] : profile;
  const seen = new Set<number>();
  for (const fates of resolutions(snapshot.pending, new SeededRandom(options.seed, 2))) {
    const survivor = survivorOf(snapshot, fates, options);
    if (seen.has(survivor.hash)) continue;
    seen.add(survivor.hash);
    yield survivor;
  }
}

/** One state out of many: what a replay asks for. */
export function survivorOf(
  snapshot: DiskSnapshot,
  fates: readonly Fate[],
  options: SimulatedDiskOptions,
): Survivor {
  const known = knownHash(snapshot, fates);
  let tree: DiskTree | undefined = known === undefined ? survivingTree(snapshot, fates) : undefined;
  return {
    fates,
    get resolution() {
      return fatesToText(fates);
    },
    hash: known ?? tree?.hash ?? 0,
    disk() {
      const { root } = tree ?? survivingTree(snapshot, fates);
      tree = undefined;
      // Ids that the next process draws must not be those of the one that died.
      const seed = options.seed + 0x1_0000_0001;
      const order = snapshot.pending.at(-1)?.order ?? 0;
      const found = { root, order, elapsedMs: snapshot.elapsedMs + 1 };
      return new SimulatedDisk({ seed, completions: options.completions }, found);
    },
  };
}
