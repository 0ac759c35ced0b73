import type { Clock } from '../contract/clock.js';
import { SeglogError } from '../contract/error.js';
import type { RollReason } from '../contract/segment-facts.js';
import { invariant } from '../invariant.js';
import type { ProducerState } from '../producer/producer-state.js';
import type { BufferPool } from '../segment/buffer-pool.js';
import type { ActiveSegment } from './active-segment.js';
import type { AppendQueue } from './append-queue.js';
import { AppendRequest } from './append-request.js';
import type { Breath } from './breath.js';
import { Group } from './group.js';
import type { GroupCommit } from './group-commit.js';
import type { FillEnd, GroupEncoder } from './group-encoder.js';
import type { OffsetMarks } from './log-offsets.js';
import type { LogSettings } from './log-settings.js';
import { ExclusiveStep } from './request-line.js';
import { soon } from './soon.js';
import { type WriteGroupContext, writeGroup } from './write-group.js';

/** Of an append beside its payload, about: a frame's header, and the lengths of its records. */
const OVERHEAD_BYTES = 128;
/** What it takes to write a group, an append and a byte, in bytes of other work. */
const GROUP_COST = 8 * 1024;
const APPEND_COST = 2 * 1024;
const BYTE_COST = 4;

export interface LogWriterContext extends WriteGroupContext {
  readonly settings: LogSettings;
  readonly clock: Clock;
  readonly buffers: BufferPool;
  readonly queue: AppendQueue;
  readonly encoder: GroupEncoder;
  readonly commit: GroupCommit;
  readonly marks: OffsetMarks;
  readonly producers: ProducerState;
  readonly breath: Breath;
  active(): ActiveSegment;
  /** Seals the active segment and starts the next one. */
  roll(reason: RollReason): Promise<unknown>;
  onWritten(group: Group): void;
  /** The log can no longer be written: everything that waits is to be rejected. */
  poison(cause: unknown): void;
}

/**
 * Takes appends from the line, a group at a time: one group is encoded while the one before it is being written. Writes
 * are in order and at most one is in flight, so a failed one has nothing behind it on disk.
 */
export class LogWriter {
  readonly #context: LogWriterContext;
  readonly #runLater = (): void => this.#run();
  readonly #giveUp = (cause: unknown): void => {
    this.#context.poison(cause);
    this.#rest();
  };
  /** Not in use: one is encoded while another is being written. */
  readonly #spare: Group[] = [];
  #running = false;
  #stopped = false;
  #writing: Promise<void> | undefined;
  #failed: Group | undefined;

  public constructor(context: LogWriterContext) {
    this.#context = context;
  }

  /** Sees to it that the line is worked on. Appends of one turn of the event loop travel together. */
  public wake(): void {
    if (this.#running || this.#stopped) return;
    this.#running = true;
    soon(this.#runLater);
  }

  /** Something stands in line, or is being done. */
  public get isBusy(): boolean {
    return this.#running || this.#context.queue.line.length > 0;
  }

  /** Nothing is taken from the line any more. */
  public stop(): void {
    this.#stopped = true;
  }

  /** Resolves when no write is in flight. Never rejects. */
  public async idle(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
  }

  #run(): void {
    try {
      while (!this.#stopped && this.#context.queue.line.length > 0) {
        const wait = this.#context.breath.due ?? this.#step();
        if (wait === undefined) continue;
        wait.then(this.#runLater, this.#giveUp);
        return;
      }
      this.#rest();
    } catch (cause) {
      this.#giveUp(cause);
    }
  }

  #rest(): void {
    this.#running = false;
    if (this.#context.queue.line.length > 0) this.wake();
  }

  /** A promise only where there is something to wait for: most single appends need none. */
  #step(): Promise<void> | undefined {
    const { queue, buffers } = this.#context;
    const active = this.#context.active();
    const head = queue.line.at(0);
    if (head instanceof ExclusiveStep) return this.#alone(head);
    const waiting = queue.queuedBytes + queue.line.length * OVERHEAD_BYTES;
    const group = this.#spare.pop() ?? new Group();
    const lent = buffers.acquire(waiting);
    group.begin(lent, active);
    const end = this.#fill(group, active);
    if (group.buffer !== lent) buffers.release(lent);
    if (this.#writing === undefined) return this.#hand(group, active, end);
    return this.idle().then(() => this.#hand(group, active, end));
  }

  /** Nothing is being written: the group's turn has come, and a roll's after it. */
  #hand(group: Group, active: ActiveSegment, end: FillEnd): Promise<void> | undefined {
    if (this.#stopped) {
      for (const request of group.requests) request.reject(poisoned());
      return undefined;
    }
    if (this.#failed === undefined) this.#start(group, active);
    else this.#takeBack(group, active);
    if (end === 'drained' || end === 'full' || end === 'exclusive') return undefined;
    return this.#rollWhenIdle(end);
  }

  async #rollWhenIdle(reason: RollReason): Promise<void> {
    await this.idle();
    if (this.#failed === undefined && !this.#stopped) await this.#roll(reason);
  }

  /** Without room for another segment the append that needed one is turned away, and nothing has changed. */
  async #roll(reason: RollReason): Promise<void> {
    try {
      await this.#context.roll(reason);
    } catch (cause) {
      const first = this.#context.queue.line.at(0);
      if (!SeglogError.is(cause, 'STORAGE_FULL') || !(first instanceof AppendRequest)) throw cause;
      this.#context.queue.line.drop(1);
      this.#context.queue.taken(first);
      first.reject(cause);
    }
  }

  #fill(group: Group, active: ActiveSegment): FillEnd {
    try {
      return this.#context.encoder.fill(this.#context.queue.line, group, active);
    } catch (cause) {
      for (const request of group.requests) request.reject(cause);
      throw cause;
    }
  }

  async #alone(step: ExclusiveStep): Promise<void> {
    await this.idle();
    this.#failed = undefined;
    if (this.#stopped) return;
    this.#context.queue.line.drop(1);
    await step.run();
  }

  #start(group: Group, active: ActiveSegment): void {
    if (group.isEmpty) {
      this.#recycle(group);
      return;
    }
    void this.#context.breath.after(
      GROUP_COST + group.requests.length * APPEND_COST + group.bytes * BYTE_COST,
    );
    const written = group.bytes === 0 ? undefined : writeGroup(group, active, this.#context);
    if (written === undefined) this.#finish(group, active);
    else this.#writing = this.#finishLater(written, group, active);
  }

  async #finishLater(written: Promise<void>, group: Group, active: ActiveSegment): Promise<void> {
    try {
      await written;
    } catch (cause) {
      await this.#onFailure(group, active, cause);
      this.#writing = undefined;
      return;
    }
    this.#writing = undefined;
    this.#finish(group, active);
  }

  #finish(group: Group, active: ActiveSegment): void {
    try {
      if (!this.#stopped) this.#publish(group, active);
      else for (const request of group.requests) request.reject(unknown(undefined));
    } catch (cause) {
      this.#fail(group, cause);
    }
    this.#recycle(group);
  }

  #recycle(group: Group): void {
    this.#context.buffers.release(group.buffer);
    group.clear();
    this.#spare.push(group);
  }

  #publish(group: Group, active: ActiveSegment): void {
    const { commit, marks } = this.#context;
    active.published.publish(group.after);
    for (const entry of group.entries) active.open.index.append(entry);
    commit.written(group.after.nextOffset, { bytes: group.bytes, appends: group.requests.length });
    this.#context.producers.settle(group.after.nextOffset);
    marks.advance({ logEnd: group.after.nextOffset });
    this.#context.onWritten(group);
    for (const request of group.requests) {
      if (request.acknowledge === 'synced') commit.wait(request);
      else request.resolve();
    }
    commit.decide();
  }

  /**
   * A full disk is the user's to mend: what arrived of the group is cut off, durably, and its appends are turned away as if
   * they had never come. Any other failure leaves the file in a state that nobody knows.
   */
  async #onFailure(group: Group, active: ActiveSegment, cause: unknown): Promise<void> {
    if (!SeglogError.is(cause, 'STORAGE_FULL')) {
      this.#fail(group, cause);
      return;
    }
    try {
      await this.#context.commit.alone(() => active.cutBack());
    } catch (second) {
      this.#fail(group, second);
      return;
    }
    this.#restore(group, active);
    this.#failed = group;
    for (const request of group.requests) request.reject(cause);
  }

  #fail(group: Group, cause: unknown): void {
    for (const request of group.requests) request.reject(unknown(cause));
    this.#context.poison(cause);
  }

  /** The group behind a failed one was never written: its appends stand in line again. */
  #takeBack(group: Group, active: ActiveSegment): void {
    const failed = this.#failed;
    invariant(failed !== undefined, 'a group is taken back after a failure');
    this.#failed = undefined;
    this.#restore(failed, active);
    this.#context.queue.putBack(group.requests);
    this.#recycle(failed);
    this.#recycle(group);
  }

  #restore(group: Group, active: ActiveSegment): void {
    active.assigned.copyFrom(group.before);
    active.builder.restore(group.indexBefore);
    this.#context.producers.rollbackTo(group.before.nextOffset);
  }
}

function poisoned(): SeglogError {
  return new SeglogError('LOG_POISONED', 'the log failed before the append was written');
}

function unknown(cause: unknown): SeglogError {
  return new SeglogError('APPEND_UNKNOWN', 'the append was being written when the log failed', {}, { cause });
}

/** What the appends get that were written and whose sync failed. */
export function rejectUnproven(requests: readonly AppendRequest[], cause: unknown): void {
  for (const request of requests) {
    request.reject(
      new SeglogError('APPEND_UNKNOWN', 'the append was written and its sync failed', {}, { cause }),
    );
  }
}
