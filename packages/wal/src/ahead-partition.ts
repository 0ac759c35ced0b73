import {
  type AppendOptions,
  type AppendResult,
  type AppendsAhead,
  type LogPort,
  type PlacedFrame,
  type RecordInput,
  SeglogError,
} from '@seglog/core';
import { type AheadLine, type Draft, requireFitting, requireOptions } from './ahead-draft.js';
import { AheadPart } from './ahead-part.js';
import {
  type FoundPart,
  MAX_CARRIED_RECORDS,
  type PartitionId,
  type TopicHalves,
  TRAVEL_CODEC_ID,
  topicHalves,
} from './carried-write.js';
import type { AheadRequest } from './write.js';

/** What became of records that a replay found: handed to the log, there already, or behind a hole. */
export type ReplayFate = 'applied' | 'there' | 'gap';

/**
 * One partition as the write-ahead log sees it: gives offsets in one synchronous step, before anything is written, and
 * knows from which LSN on the log's own files may lack records.
 */
export class AheadPartition implements AppendsAhead {
  public readonly id: PartitionId;
  /** For the head of a part in the write-ahead log. */
  public readonly topicHalves: TopicHalves;
  public readonly partition: number;
  /** Its log takes frames over as the write-ahead log carries them. */
  public readonly takesFrames: boolean;
  /** The last part of the convoy that is being made up. */
  public lastPart: AheadPart | undefined;
  readonly #port: LogPort;
  readonly #line: AheadLine;
  readonly #limits: { readonly bytes: number; readonly records: number };
  #next: number;
  #underWay = 0;
  #idle: (() => void)[] = [];
  #gate: Promise<unknown> | undefined;
  #poison: { readonly cause: unknown; readonly lsn: number } | undefined;
  #dirtyFrom: number | undefined;
  #syncing: Promise<number | undefined> | undefined;
  #closed = false;

  public constructor(id: PartitionId, port: LogPort, line: AheadLine) {
    this.id = id;
    this.topicHalves = topicHalves(id.topicId);
    this.partition = id.partition;
    this.takesFrames = port.codec.id === TRAVEL_CODEC_ID;
    this.#limits = {
      bytes: port.maxFrameBytes,
      records: Math.min(port.codec.maxRecordsPerFrame, MAX_CARRIED_RECORDS),
    };
    this.#port = port;
    this.#line = line;
    this.#next = port.facts().nextOffset;
  }

  public get name(): string {
    return this.#port.name;
  }

  /** Resolves when the step is over that keeps appends away; undefined when there is none. */
  public get gate(): Promise<unknown> | undefined {
    return this.#gate;
  }

  public append(records: readonly RecordInput[], options: AppendOptions): Promise<AppendResult> {
    return this.#line.append({ partition: this, records, options });
  }

  public alone<T>(step: () => Promise<T>): Promise<T> {
    const before = this.#gate;
    const run = async (): Promise<T> => {
      await before;
      await this.#drained();
      this.#requireUsable();
      try {
        return await step();
      } finally {
        this.#next = this.#port.facts().nextOffset;
      }
    };
    const result = run();
    const gate = result
      .catch(() => undefined)
      .finally(() => {
        if (this.#gate === gate) this.#gate = undefined;
      });
    this.#gate = gate;
    return result;
  }

  public async close(step: () => Promise<void>): Promise<void> {
    await this.#gate;
    this.#closed = true;
    await this.#drained();
    await this.#syncing;
    let kept = this.#poison?.lsn;
    try {
      await step();
    } catch (cause) {
      kept = least(kept, this.#dirtyFrom);
      throw cause;
    } finally {
      this.#line.left(this, kept);
    }
  }

  /** Gives records their offsets, for the moment. Throws what is wrong with them; changes nothing. */
  public draft({ records, options }: Pick<AheadRequest, 'records' | 'options'>, nowMs: number): Draft {
    this.#requireUsable();
    requireOptions(options);
    const measure = this.#port.measure(records);
    const { producer, acknowledge = 'synced' } = options;
    const verdict = this.#judge(producer, records.length, nowMs);
    if (verdict !== undefined) {
      const { baseOffset, lastOffset } = verdict;
      const result = { baseOffset, lastOffset, durability: acknowledge, duplicate: true };
      return { partition: this, result, part: undefined };
    }
    this.#requireExpected(options.expectedOffset);
    const baseOffset = this.#next;
    const place = { baseOffset, epoch: this.#port.facts().epoch, appendTimeMs: nowMs, producer };
    const part = new AheadPart(this, { records, measure }, place);
    requireFitting(this.#port, part);
    const { lastOffset } = part;
    const result = { baseOffset, lastOffset, durability: acknowledge, duplicate: false };
    return { partition: this, result, part };
  }

  /** The draft is on its way to the write-ahead log: its offsets are taken. */
  public take({ part }: Draft): void {
    if (part === undefined) return;
    const { producer, count, baseOffset, appendTimeMs } = part;
    if (producer !== undefined) this.#port.producers.record(producer, { count, baseOffset, appendTimeMs });
    this.#next = part.lastOffset + 1;
  }

  /** Whether the part goes into the frame of the last one. */
  public joins(part: AheadPart): boolean {
    return this.lastPart?.absorb(part, this.#limits) === true;
  }

  /** A write to this partition is under way from here on. */
  public enter(): void {
    this.#underWay += 1;
  }

  /** It has settled, one way or the other. */
  public leave(): void {
    this.#underWay -= 1;
    if (this.#underWay > 0) return;
    const waiting = this.#idle;
    this.#idle = [];
    for (const resolve of waiting) resolve();
  }

  /**
   * Hands a durable frame to the log, whose records are visible once they are published. Undefined when the log has it, or
   * is poisoned; else rejects when it could not take it.
   */
  public place(frame: PlacedFrame, lsn: number): Promise<void> | undefined {
    this.#dirtyFrom ??= lsn;
    try {
      return this.#port.place(frame);
    } catch (cause) {
      this.poison(cause, lsn);
      return undefined;
    }
  }

  public publish(lastOffset: number): void {
    this.#port.publish(lastOffset + 1);
  }

  /** The log could not take what the write-ahead log holds from `lsn` on: only a replay brings it there. */
  public poison(cause: unknown, lsn: number): void {
    this.#poison ??= { cause, lsn };
  }

  /** Why the log takes nothing any more; undefined as long as it does. */
  public get poisoned(): unknown {
    return this.#poison?.cause;
  }

  /** Whether the log lacks something from an LSN at or below `lsn` on, for good. */
  public isBroken(lsn: number): boolean {
    return this.#poison !== undefined && this.#poison.lsn <= lsn;
  }

  /** Nothing is under way, and what was taken last was refused: offsets go on where the log ends. */
  public takeBack(): void {
    this.#next = this.#port.facts().nextOffset;
    this.#port.producers.rollbackTo(this.#next);
  }

  /** Makes the log's own files hold all that was written to them. Resolves with the first LSN that they may still lack. */
  public sync(): Promise<number | undefined> {
    this.#syncing ??= this.#sync().finally(() => {
      this.#syncing = undefined;
    });
    return this.#syncing;
  }

  /** Applies what a replay found, if the log does not have it; `gap` when records before it are missing. */
  public replay(
    part: FoundPart,
    lsn: number,
  ): { readonly fate: ReplayFate; readonly written?: Promise<void> } {
    const { baseOffset, lastOffset, epoch, appendTimeMs } = part;
    const from = this.#next;
    if (epoch < this.#port.facts().cutEpoch || lastOffset < from) return { fate: 'there' };
    if (baseOffset > from) return { fate: 'gap' };
    const frame = from === baseOffset && this.takesFrames ? part : part.from(from);
    const { producer, count } = frame;
    if (producer !== undefined) {
      this.#port.producers.record(producer, { count, baseOffset: from, appendTimeMs });
    }
    this.#next = lastOffset + 1;
    this.#dirtyFrom ??= lsn;
    const written = this.#port.place(frame);
    if (written !== undefined)
      return { fate: 'applied', written: written.then(() => this.publish(lastOffset)) };
    this.publish(lastOffset);
    return { fate: 'applied' };
  }

  async #sync(): Promise<number | undefined> {
    const from = this.#dirtyFrom;
    if (from === undefined) return this.#poison?.lsn;
    this.#dirtyFrom = undefined;
    try {
      await this.#port.sync();
      return this.#poison?.lsn;
    } catch (cause) {
      this.#dirtyFrom = least(this.#dirtyFrom, from);
      // What the disk has no room for is in memory, and in the write-ahead log: the next checkpoint tries again.
      if (SeglogError.is(cause, 'STORAGE_FULL')) return least(this.#poison?.lsn, from);
      this.poison(cause, from);
      return least(this.#poison?.lsn, from);
    }
  }

  #judge(
    producer: AppendOptions['producer'],
    count: number,
    nowMs: number,
  ): { readonly baseOffset: number; readonly lastOffset: number } | undefined {
    if (producer === undefined) return undefined;
    const { codec, producers } = this.#port;
    if (!codec.guarantees.producer) {
      throw new SeglogError(
        'COMPOSITION',
        'the frame codec carries no producer stamps; use the batch codec',
        {
          codec: codec.name,
        },
      );
    }
    const verdict = producers.check(producer, { count, nowMs });
    return verdict.kind === 'new' ? undefined : verdict;
  }

  #requireExpected(expected: number | undefined): void {
    if (expected === undefined || expected === this.#next) return;
    throw new SeglogError('WRONG_EXPECTED_OFFSET', 'the log does not end where the append expected it to', {
      expected,
      actual: this.#next,
    });
  }

  #requireUsable(): void {
    if (this.#closed) throw new SeglogError('LOG_CLOSED', 'the log is closed');
    if (this.#poison === undefined) return;
    const sentence = 'the log could not take what the write-ahead log holds for it; close and open it again';
    throw new SeglogError('LOG_POISONED', sentence, { log: this.name }, { cause: this.#poison.cause });
  }

  #drained(): Promise<void> {
    if (this.#underWay === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#idle.push(resolve);
    });
  }
}

/** The lower one of those that there are. */
export function least(first: number | undefined, second: number | undefined): number | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  return Math.min(first, second);
}
