import type { Clock, ScheduledCall } from '../contract/clock.js';
import { SeglogError } from '../contract/error.js';
import type { SyncDecision, SyncPolicy } from '../contract/sync-policy.js';
import type { AppendRequest } from './append-request.js';
import { CountedTail } from './unsynced-tail.js';

export interface GroupCommitContext {
  readonly policy: SyncPolicy;
  readonly clock: Clock;
  readonly maxSyncDelayMs: number;
  /** Unsynced bytes that start a sync under a policy that waits for none, so that a roll finds little left to wait for. */
  readonly writebackBytes: number;
  /** Syncs the active file. */
  sync(): Promise<void>;
  /** A sync ended well: everything below `durable` is on stable storage. */
  onSynced(durable: number, bytes: number, durationMs: number): void;
  /** A sync failed: nothing that waits can be proven any more. */
  onFailed(cause: unknown): void;
}

/** Times at which a sync is due. */
const NOW = Number.NEGATIVE_INFINITY;
const NEVER = Number.POSITIVE_INFINITY;

/**
 * Decides with the policy when to sync and sees to it that at most one sync is in flight; whoever writes meanwhile is
 * covered by the next one, which starts at once if somebody waits. Waiters resolve in offset order.
 */
export class GroupCommit {
  readonly #context: GroupCommitContext;
  readonly #tail: CountedTail;
  #written: number;
  #durable: number;
  #waiting: AppendRequest[] = [];
  /** Somebody asked for everything below to be synced, whatever the policy says. */
  #forcedUpTo = 0;
  #inFlight: Promise<void> | undefined;
  #timer: { readonly atMs: number; readonly keepsAlive: boolean; readonly call: ScheduledCall } | undefined;
  #stopped = false;
  #held = 0;
  /** Resolves when the step that is under way has ended. */
  #step: Promise<void> | undefined;

  public constructor(context: GroupCommitContext, durable: number) {
    this.#context = context;
    this.#tail = new CountedTail(context.clock);
    this.#written = durable;
    this.#durable = durable;
  }

  public get durable(): number {
    return this.#durable;
  }

  public get waiting(): readonly AppendRequest[] {
    return this.#waiting;
  }

  /** A group was written; its requests that want to be durable wait here from now on. */
  public written(
    upTo: number,
    { bytes, appends }: { readonly bytes: number; readonly appends: number },
  ): void {
    this.#written = upTo;
    this.#tail.add(bytes, appends);
  }

  /** A frame was written for whose sync nobody waits. It is asked for when there is much to sync, or when somebody waits. */
  public writtenBehind(upTo: number, bytes: number): void {
    this.written(upTo, { bytes, appends: 1 });
    if (this.#tail.bytes >= this.#context.writebackBytes || this.#durable < this.#forcedUpTo) this.decide();
  }

  /** The request resolves when everything up to its last record is durable. Call `decide` afterwards. */
  public wait(request: AppendRequest): void {
    if (request.lastOffset < this.#durable) request.resolve();
    else this.#waiting.push(request);
  }

  /** Asks the policy, and starts a sync or sets the timer. */
  public decide(): void {
    if (this.#stopped || this.#held > 0 || this.#inFlight !== undefined) return;
    if (this.#written <= this.#durable) return;
    const due = this.#due();
    if (due === undefined) return;
    if (due === NOW || (due !== NEVER && due <= this.#tail.nowMs)) void this.#sync();
    else if (due !== NEVER) this.#arm(due);
  }

  /** Undefined when the policy has failed, and the log with it. */
  #due(): number | undefined {
    if (this.#durable < this.#forcedUpTo) return NOW;
    const tail = this.#tail;
    tail.look(this.#waiting.length);
    const { policy } = this.#context;
    const due = tail.appends === 0 ? NEVER : this.#asked(policy);
    if (due === undefined) return undefined;
    return policy.acknowledge === 'written' ? Math.min(due, this.#dueUnasked()) : due;
  }

  /** What the policy answers. One that throws, or answers what is no decision, is not asked again: the log fails. */
  #asked(policy: SyncPolicy): number | undefined {
    try {
      const decision = policy.decide(this.#tail);
      return decision === 'now' ? NOW : decision === 'later' ? NEVER : deadlineOf(decision, policy.name);
    } catch (cause) {
      this.#context.onFailed(cause);
      return undefined;
    }
  }

  /** When a policy that acknowledges what is written has to sync all the same. */
  #dueUnasked(): number {
    if (this.#tail.bytes >= this.#context.writebackBytes) return NOW;
    if (this.#waiting.length === 0) return NEVER;
    return this.#tail.firstWriteMs + this.#context.maxSyncDelayMs;
  }

  /** Syncs what lies below `upTo` as soon as it is written, whatever the policy says. */
  public force(upTo: number): void {
    this.#forcedUpTo = Math.max(this.#forcedUpTo, upTo);
    this.decide();
  }

  /** Carries out a step while no sync is in flight and none is started, and no other such step. */
  public async alone<T>(step: () => Promise<T>): Promise<T> {
    this.hold();
    while (this.#step !== undefined) await this.#step;
    let end: (() => void) | undefined;
    this.#step = new Promise((resolve) => {
      end = resolve;
    });
    try {
      while (this.#inFlight !== undefined) await this.#inFlight;
      return await step();
    } finally {
      this.#step = undefined;
      end?.();
      this.release();
    }
  }

  /** No sync is started before `release`, called as often as this. */
  public hold(): void {
    this.#held++;
  }

  public release(): void {
    this.#held--;
    this.decide();
  }

  /** Everything written so far became durable by other means: the seal of a segment. */
  public settle(durable: number): void {
    this.#tail.clear();
    this.#written = durable;
    this.#advance(durable);
  }

  /** What lies below became durable by other means, and more has been written since. */
  public proved(durable: number): void {
    this.#advance(durable);
  }

  /** Starts anew at an offset that a truncation set. */
  public reset(durable: number): void {
    this.#tail.clear();
    if (this.#forcedUpTo <= this.#written) this.#forcedUpTo = 0;
    this.#written = durable;
    this.#durable = durable;
  }

  /** No sync is started any more; what waits is handed back. */
  public stop(): readonly AppendRequest[] {
    this.#stopped = true;
    this.#disarm();
    return this.letGo();
  }

  /** What waits is handed back, in the order of its offsets: its sync cannot come for now. */
  public letGo(): readonly AppendRequest[] {
    const left = this.#waiting;
    this.#waiting = [];
    return left;
  }

  async #sync(): Promise<void> {
    this.#disarm();
    const { bytes } = this.#tail;
    const covers = this.#written;
    this.#tail.clear();
    const started = this.#context.clock.monotonicMs();
    let failure: { readonly cause: unknown } | undefined;
    this.#inFlight = this.#context.sync().catch((cause: unknown) => {
      failure = { cause };
    });
    await this.#inFlight;
    this.#inFlight = undefined;
    if (this.#stopped) return;
    if (failure !== undefined) {
      this.#context.onFailed(failure.cause);
      return;
    }
    this.#context.onSynced(covers, bytes, this.#context.clock.monotonicMs() - started);
    this.#advance(covers);
    this.decide();
  }

  #advance(durable: number): void {
    this.#durable = Math.max(this.#durable, durable);
    const waiting = this.#waiting;
    let done = 0;
    for (let i = 0; i < waiting.length; i++) {
      const request = waiting[i];
      if (request === undefined || request.lastOffset >= this.#durable) break;
      request.resolve();
      done++;
    }
    if (done === waiting.length) this.#waiting = [];
    else if (done > 0) this.#waiting = waiting.slice(done);
  }

  /** A process that only waits for its append to be acknowledged must live to see it. */
  #arm(dueMs: number): void {
    const keepsAlive = this.#waiting.length > 0;
    const timer = this.#timer;
    if (timer !== undefined && timer.atMs <= dueMs && (timer.keepsAlive || !keepsAlive)) return;
    const atMs = Math.min(dueMs, timer?.atMs ?? dueMs);
    this.#disarm();
    const delayMs = Math.max(0, atMs - this.#context.clock.monotonicMs());
    const wake = (): void => {
      this.#timer = undefined;
      this.decide();
    };
    const call = this.#context.clock.schedule(delayMs, wake, { keepsAlive });
    this.#timer = { atMs, keepsAlive, call };
  }

  #disarm(): void {
    this.#timer?.call.cancel();
    this.#timer = undefined;
  }
}

function deadlineOf(decision: Exclude<SyncDecision, string>, name: string): number {
  const given: { readonly atMs?: unknown } | null | undefined = decision;
  const atMs = given?.atMs;
  if (typeof atMs === 'number' && !Number.isNaN(atMs)) return atMs;
  const sentence = "a sync policy decides 'now', 'later' or { atMs }, which is a number";
  const answer = typeof given === 'object' && given !== null ? `{ atMs: ${String(atMs)} }` : String(given);
  throw new SeglogError('COMPOSITION', sentence, { policy: name, answer });
}
