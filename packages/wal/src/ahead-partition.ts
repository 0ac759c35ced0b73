import {
  type AppendOptions,
  type AppendResult,
  type AppendsAhead,
  type LogPort,
  type RecordInput,
  SeglogError,
} from '@seglog/core';
import { type AheadLine, type Draft, frameOf, requireOptions, timed } from './ahead-draft.js';
import type { FoundPart, PartitionId } from './carried-write.js';

/** What became of records that a replay found: handed to the log, there already, or behind a hole. */
export type ReplayFate = 'applied' | 'there' | 'gap';

/**
 * One partition as the write-ahead log sees it: gives offsets in one synchronous step, before anything is written, and
 * knows from which LSN on the log's own files may lack records.
 */
export class AheadPartition implements AppendsAhead {
  public readonly id: PartitionId;
  readonly #port: LogPort;
  readonly #line: AheadLine;
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

  public async append(records: readonly RecordInput[], options: AppendOptions): Promise<AppendResult> {
    const [result] = await this.#line.write([{ partition: this, records, options }]);
    return result as AppendResult;
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
  public draft(records: readonly RecordInput[], options: AppendOptions, nowMs: number): Draft {
    this.#requireUsable();
    requireOptions(options);
    const measure = this.#port.measure(records);
    const { producer, acknowledge = 'synced' } = options;
    const base = { partition: this, producer, acknowledge, appendTimeMs: nowMs };
    const verdict = this.#judge(producer, records.length, nowMs);
    if (verdict !== undefined) return { ...base, ...verdict, records, frame: undefined };
    this.#requireExpected(options.expectedOffset);
    const place = { baseOffset: this.#next, epoch: this.#port.facts().epoch, appendTimeMs: nowMs, producer };
    return {
      ...base,
      records: measure.untimed ? timed(records, nowMs) : records,
      baseOffset: this.#next,
      lastOffset: this.#next + records.length - 1,
      frame: frameOf(this.#port, { records, measure, ...place }),
    };
  }

  /** The draft is on its way to the write-ahead log: its offsets are taken. */
  public take(draft: Draft): void {
    if (draft.frame === undefined) return;
    const { producer, baseOffset, appendTimeMs } = draft;
    const count = draft.lastOffset - baseOffset + 1;
    if (producer !== undefined) this.#port.producers.record(producer, { count, baseOffset, appendTimeMs });
    this.#next = draft.lastOffset + 1;
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

  /** Hands durable records to the log. They are visible once they are published. */
  public async write(part: Pick<Draft, 'records' | 'baseOffset' | 'producer'>, lsn: number): Promise<void> {
    this.#dirtyFrom ??= lsn;
    const { records, baseOffset, producer } = part;
    await this.#port.write(records, { baseOffset, producer });
  }

  public publish(lastOffset: number): void {
    this.#port.publish(lastOffset + 1);
  }

  /** The log could not take what the write-ahead log holds from `lsn` on: only a replay brings it there. */
  public poison(cause: unknown, lsn: number): void {
    this.#poison ??= { cause, lsn };
  }

  public get poisoned(): boolean {
    return this.#poison !== undefined;
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
    const { baseOffset, lastOffset, epoch, producer, appendTimeMs } = part;
    const from = this.#next;
    if (epoch < this.#port.facts().cutEpoch || lastOffset < from) return { fate: 'there' };
    if (baseOffset > from) return { fate: 'gap' };
    const records = part.records().slice(from - baseOffset);
    const stamp =
      producer === undefined ? undefined : { ...producer, sequence: producer.sequence + from - baseOffset };
    if (stamp !== undefined) {
      this.#port.producers.record(stamp, { count: records.length, baseOffset: from, appendTimeMs });
    }
    this.#next = lastOffset + 1;
    const written = this.write({ records, baseOffset: from, producer: stamp }, lsn);
    return { fate: 'applied', written: written.then(() => this.publish(lastOffset)) };
  }

  async #sync(): Promise<number | undefined> {
    const from = this.#dirtyFrom;
    if (from === undefined) return this.#poison?.lsn;
    this.#dirtyFrom = undefined;
    try {
      await this.#port.sync();
      return this.#poison?.lsn;
    } catch (cause) {
      this.#dirtyFrom = from;
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
