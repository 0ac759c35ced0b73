import type { ScheduledCall } from '../contract/clock.js';
import { SeglogError } from '../contract/error.js';
import type { RollReason, SealedSegment } from '../contract/segment-facts.js';
import type { ProducerSnapshot } from '../producer/producer-snapshot.js';
import type { GroupCommit } from './group-commit.js';
import { keepSnapshot, producerSnapshot } from './producer-keeping.js';
import type { WriteSideParts } from './write-side-parts.js';

/** How long after a full disk kept a segment from being sealed it is tried again. */
const RETRY_MS = 1000;

export interface RollerContext extends WriteSideParts {
  readonly commit: GroupCommit;
  /** Segments are sealed beside the appends: nobody waits for them to be durable. */
  readonly beside: boolean;
  requireHealthy(): void;
  /** The log can no longer be written. */
  fail(cause: unknown): void;
  /** A full disk keeps a segment from being sealed: nothing becomes durable until there is room. */
  onFull(cause: SeglogError): void;
}

/**
 * Rolls the log's active segment, at once or in two steps: the next segment takes appends, and the full one is made durable
 * and sealed beside them. While one waits no sync is started, so nothing behind it is believed to be durable: the manifest
 * does not name what it would be in.
 */
export class Roller {
  readonly #context: RollerContext;
  /** Of producers as of the end of each segment that waits. */
  readonly #snapshots: (ProducerSnapshot | undefined)[] = [];
  #sealing: Promise<void> | undefined;
  #obstacle: SeglogError | undefined;
  #retry: ScheduledCall | undefined;
  /** No sync is started by anybody else. */
  #holding = false;
  #closed = false;

  public constructor(context: RollerContext) {
    this.#context = context;
  }

  /** Seals the active segment. Everything is durable when it resolves. The caller is alone in the log. */
  public async roll(reason: RollReason): Promise<SealedSegment> {
    const { commit, tail, marks } = this.#context;
    this.#context.requireHealthy();
    await this.settled();
    try {
      return await commit.alone(async () => {
        const sealed = await tail.roll(reason);
        commit.settle(sealed.nextOffset);
        marks.advance({ durable: sealed.nextOffset });
        await keepSnapshot(this.#context, producerSnapshot(this.#context, sealed.nextOffset));
        return sealed;
      });
    } catch (cause) {
      if (!SeglogError.is(cause, 'STORAGE_FULL')) this.#context.fail(cause);
      throw cause;
    }
  }

  /** As `roll`, but where nobody waits for what is durable only the next segment is awaited. */
  public async makeRoom(reason: RollReason): Promise<void> {
    const { beside, settings, tail, commit } = this.#context;
    if (!beside || settings.maxUnsealedSegments === 0) {
      await this.roll(reason);
      return;
    }
    this.#context.requireHealthy();
    while (tail.unsealed >= settings.maxUnsealedSegments) await this.#attempt();
    const snapshot = producerSnapshot(this.#context, tail.active.published.nextOffset);
    // From before the turn on: a sync in between would be one of the next segment, and prove nothing of this one.
    commit.hold();
    try {
      await tail.turn(reason);
    } catch (cause) {
      if (!SeglogError.is(cause, 'STORAGE_FULL')) this.#context.fail(cause);
      commit.release();
      throw cause;
    }
    if (this.#holding) commit.release();
    this.#holding = true;
    this.#snapshots.push(snapshot);
    void this.#seal();
  }

  /** Every segment but the active one is sealed, and nothing of it is under way. */
  public get isSettled(): boolean {
    return this.#context.tail.unsealed === 0 && this.#sealing === undefined;
  }

  /** Resolves when `isSettled`. Rejects with what keeps a segment from being sealed. */
  public async settled(): Promise<void> {
    while (!this.isSettled) {
      if (this.#context.tail.unsealed > 0) await this.#attempt();
      else await this.#sealing;
    }
  }

  /** Somebody waits for what is durable: after a full disk that is worth an attempt at once. */
  public hurry(): void {
    if (this.#obstacle !== undefined) void this.#seal();
  }

  /** Nothing is sealed any more. Resolves when what was under way has ended. */
  public async close(): Promise<void> {
    this.#closed = true;
    this.#retry?.cancel();
    await this.#sealing;
  }

  /** One segment is sealed, or rejects. */
  async #attempt(): Promise<void> {
    await this.#seal();
    this.#context.requireHealthy();
    if (this.#obstacle !== undefined) throw this.#obstacle;
  }

  /** Seals one segment after the other; resolves after the next one, or when it could not be sealed. Never rejects. */
  #seal(): Promise<void> {
    this.#sealing ??= this.#sealNext();
    return this.#sealing;
  }

  async #sealNext(): Promise<void> {
    const more = await this.#sealOne();
    this.#sealing = undefined;
    // Whoever is told now may ask for another attempt.
    if (this.#obstacle !== undefined) this.#context.onFull(this.#obstacle);
    if (more) void this.#seal();
  }

  /** Whether another one can be sealed at once. */
  async #sealOne(): Promise<boolean> {
    const { commit, tail, marks } = this.#context;
    this.#retry?.cancel();
    this.#obstacle = undefined;
    try {
      const { nextOffset } = await commit.alone(() => {
        this.#context.requireHealthy();
        return tail.sealOldest();
      });
      commit.proved(nextOffset);
      marks.advance({ durable: nextOffset });
      await keepSnapshot(this.#context, this.#snapshots.shift());
    } catch (cause) {
      if (SeglogError.is(cause, 'STORAGE_FULL')) this.#waitForRoom(cause);
      else this.#context.fail(cause);
      return false;
    }
    if (tail.unsealed > 0) return !this.#closed;
    this.#holding = false;
    commit.release();
    return false;
  }

  #waitForRoom(obstacle: SeglogError): void {
    this.#obstacle = obstacle;
    if (this.#closed) return;
    const { clock } = this.#context.components;
    this.#retry = clock.schedule(RETRY_MS, () => void this.#seal(), { keepsAlive: true });
  }
}
