import { CompletionQueue, type Completions } from './completions.js';
import type { DirectoryNode } from './directory-node.js';
import { type FaultEffect, FaultPlan, type FaultRule, storageError } from './faults.js';
import type { FileNode } from './file-node.js';
import { SeededRandom } from './seeded-random.js';
import { type DiskCall, MadeEntry, type TraceEntry } from './trace.js';
import { VirtualClock } from './virtual-clock.js';

export interface KernelOptions {
  readonly seed: number;
  readonly completions: Completions;
  readonly faults: readonly FaultRule[];
  readonly elapsedMs: number;
  /** Highest order of a change that an earlier process has left pending. */
  readonly order: number;
}

/** What a mutating call does: at once when it is made, and when it comes back. */
export interface MutationEffect {
  /** Changes what the program sees. `limit` is the number of bytes of a write that arrive. */
  submit?(index: number, limit: number): void;
  /** Makes durable; called when the call succeeds. */
  complete?(): void;
  fail?(errno: string): void;
}

export interface HeldLock {
  readonly node: FileNode;
  readonly sinceMs: number;
}

/** A mutating call that was made and has not come back. */
interface MadeCall {
  readonly entry: MadeEntry;
  /** Orders of its changes: above `after`, up to and with `last`. */
  readonly after: number;
  readonly last: number;
  readonly fault: FaultEffect | undefined;
}

export type CrashMoment = 'before' | 'during' | 'after';

const DEAD = 'the process has died: none of its calls comes back';

/** Virtual milliseconds that a call takes. */
const COST_MS: Partial<Record<DiskCall['call'], number>> = { sync: 0.2, syncDirectory: 0.2, write: 0.01 };

/**
 * The operating system of a simulated disk: it numbers the mutating calls, writes them down, makes them fail, lets them
 * come back, and dies. Files and directories of the disk do nothing but through it.
 */
export class Kernel {
  public readonly clock: VirtualClock;
  public readonly random: SeededRandom;
  public readonly trace: TraceEntry[] = [];
  public readonly locks: Map<FileNode, HeldLock> = new Map();
  public readonly root: DirectoryNode;
  /** Called when a mutating call is in flight: a moment at which the power may go. */
  public onMutation: ((index: number) => void) | undefined;
  public onDeath: (() => void) | undefined;
  readonly #faults: FaultPlan;
  readonly #completions: CompletionQueue;
  readonly #inFlight = new Set<number>();
  #crash: { readonly index: number; readonly when: CrashMoment } | undefined;
  #order: number;
  #changes = 0;
  #dead = false;

  public constructor(root: DirectoryNode, options: KernelOptions) {
    this.root = root;
    this.#order = options.order;
    this.random = new SeededRandom(options.seed);
    this.#completions = new CompletionQueue(options.completions, new SeededRandom(options.seed, 1));
    this.#faults = new FaultPlan(options.faults);
    this.clock = new VirtualClock(options.elapsedMs, () => this.busy);
  }

  public get dead(): boolean {
    return this.#dead;
  }

  /** True while calls wait for their turn to come back. */
  public get busy(): boolean {
    return this.#completions.length > 0;
  }

  /** Grows with every event that may change what a crash would leave. */
  public get changes(): number {
    return this.#changes;
  }

  /** True while the call that made the change of this order has not come back. */
  public get inFlight(): ReadonlySet<number> {
    return this.#inFlight;
  }

  /** Told of every call, mutating or not. */
  public set onCall(observe: ((call: DiskCall) => void) | undefined) {
    this.#faults.onCall = observe;
  }

  public crashAt(index: number, when: CrashMoment): void {
    this.#crash = { index, when };
  }

  /** From now on nothing happens any more: calls never settle, time stands still. */
  public die(): void {
    if (this.#dead) return;
    this.#dead = true;
    this.clock.stop();
    this.#completions.stop();
    this.onDeath?.();
  }

  public nextOrder(): number {
    this.#order += 1;
    return this.#order;
  }

  /** What a sync that is called now will make stable: every change whose call has come back. */
  public covered(): (order: number) => boolean {
    const last = this.#order;
    const flying = new Set(this.#inFlight);
    return (order) => order <= last && !flying.has(order);
  }

  public async mutate(call: DiskCall, effect: MutationEffect): Promise<void> {
    const made = this.#begin(call, effect);
    if (made === undefined) return never();
    await this.#completions.turn();
    if (this.#dead || !this.#end(made, effect)) return never();
    const { fault } = made;
    if (fault?.kind === 'error' || fault?.kind === 'short') throw storageError(call, fault.errno);
  }

  /** As `mutate`, for programs that wait within the call. Nothing else can happen meanwhile. */
  public mutateNow(call: DiskCall, effect: MutationEffect): void {
    const made = this.#begin(call, effect);
    if (made === undefined || !this.#end(made, effect)) throw new Error(DEAD);
    const { fault } = made;
    if (fault?.kind === 'error' || fault?.kind === 'short') throw storageError(call, fault.errno);
  }

  /** A call that changes nothing. */
  public async observe<T>(call: DiskCall, answer: () => T): Promise<T> {
    if (this.#dead) return never();
    const fault = this.#faults.effectOn(call, undefined);
    if (fault?.kind === 'hang') return never();
    if (fault?.kind === 'jump') this.clock.jump(fault.ms);
    await this.#completions.turn();
    if (this.#dead) return never();
    if (fault?.kind === 'error' || fault?.kind === 'short') throw storageError(call, fault.errno);
    return answer();
  }

  /** As `observe`, for programs that wait within the call. */
  public observeNow(call: DiskCall): void {
    const fault = this.#dead ? undefined : this.#faults.effectOn(call, undefined);
    if (this.#dead || fault?.kind === 'hang') throw new Error(DEAD);
    if (fault?.kind === 'jump') this.clock.jump(fault.ms);
    if (fault?.kind === 'error' || fault?.kind === 'short') throw storageError(call, fault.errno);
  }

  /** As `observe`, but answers without a promise when nothing hinders. */
  public peek<T>(call: DiskCall, answer: () => T): T | Promise<T> {
    if (this.#dead) return never();
    if (this.#completions.seeded) return this.observe(call, answer);
    const fault = this.#faults.effectOn(call, undefined);
    if (fault?.kind === 'hang') return never();
    if (fault?.kind === 'error' || fault?.kind === 'short')
      return Promise.reject(storageError(call, fault.errno));
    return answer();
  }

  /** Undefined when the call never comes back. */
  #begin(call: DiskCall, effect: MutationEffect): MadeCall | undefined {
    const index = this.trace.length;
    if (this.#diesAt(index, 'before')) return undefined;
    const fault = this.#faults.effectOn(call, index);
    const entry = new MadeEntry(call, index, this.clock.monotonicMs());
    this.trace.push(entry);
    const after = this.#order;
    this.#submit(index, effect, fault);
    const last = this.#order;
    this.onMutation?.(index);
    return this.#diesAt(index, 'during') || fault?.kind === 'hang'
      ? undefined
      : { entry, after, last, fault };
  }

  /** False when the process dies before it learns what came of the call. */
  #end({ entry, after, last, fault }: MadeCall, effect: MutationEffect): boolean {
    for (let order = after + 1; order <= last; order += 1) this.#inFlight.delete(order);
    entry.outcome = this.#finish(entry, effect, fault);
    this.#changes += 1;
    return !this.#diesAt(entry.index, 'after');
  }

  #submit(index: number, effect: MutationEffect, fault: FaultEffect | undefined): void {
    const after = this.#order;
    const limit = fault?.kind === 'short' ? fault.bytes : Number.POSITIVE_INFINITY;
    if (takesEffect(fault)) effect.submit?.(index, limit);
    for (let order = after + 1; order <= this.#order; order += 1) this.#inFlight.add(order);
    this.#changes += 1;
  }

  #finish(call: DiskCall, effect: MutationEffect, fault: FaultEffect | undefined): string {
    this.clock.spend(COST_MS[call.call] ?? 0.02);
    if (fault === undefined || fault.kind === 'jump') {
      if (fault !== undefined) this.clock.jump(fault.ms);
      effect.complete?.();
      return 'done';
    }
    if (fault.kind === 'lie' || fault.kind === 'hang') return 'lied';
    if (fault.kind === 'error' && fault.applied === true) effect.complete?.();
    else effect.fail?.(fault.errno);
    return fault.errno;
  }

  #diesAt(index: number, when: CrashMoment): boolean {
    if (this.#crash?.index === index && this.#crash.when === when) this.die();
    return this.#dead;
  }
}

function takesEffect(fault: FaultEffect | undefined): boolean {
  if (fault === undefined || fault.kind === 'short' || fault.kind === 'jump') return true;
  return fault.kind === 'error' && fault.applied === true;
}

/** A fresh one each time: a shared one would keep every waiter alive. */
function never<T>(): Promise<T> {
  return new Promise<T>(() => undefined);
}
