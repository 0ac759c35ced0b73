import {
  type AppendOptions,
  type AppendResult,
  type Log,
  type RecordInput,
  SeglogError,
  type SeglogErrorCode,
} from '@seglog/core';
import { makeRecord } from './content.js';
import type { Append, AppendIntent, LedgerWriter, Stamp } from './ledger.js';
import type { ProducerMemory } from './producer-model.js';

/** What the actors of a load share. */
export interface LoadContext {
  readonly seed: number;
  readonly cycle: number;
  readonly ledger: LedgerWriter;
  /** Whether a refusal is to be expected. Every other one is written down as a fault of the engine. */
  readonly isFair: (error: unknown) => boolean;
}

/** How batches behind a refused one are refused. Where that was the first of all, nothing is known of their producer. */
const HOLES: ReadonlySet<string> = new Set<SeglogErrorCode>(['OUT_OF_ORDER_SEQUENCE', 'UNKNOWN_PRODUCER']);

interface Sending {
  readonly count: number;
  readonly acknowledge?: 'written' | 'synced' | undefined;
  readonly stamp?: Stamp | undefined;
  readonly again?: Append | undefined;
}

/**
 * A partition under load. Everything that is done to it is written down before, and what came of it after. A truncation
 * waits until nothing else is under way, so that what it removes is certain.
 */
export class LoadPartition {
  readonly #context: LoadContext;
  readonly topic: string;
  readonly partition: number;
  readonly log: Log;
  /**
   * The state of the partition's idempotent producer when the load began, and again when it has ended. A truncation, which
   * may come after the producer's end, makes the log forget it: it goes on in a new epoch.
   */
  producer: ProducerMemory;
  /** Truncations so far. Each takes away what the log knows of producers. */
  cuts = 0;
  /** The topic is being deleted. */
  gone = false;
  /** Epoch of the idempotent producer in which a batch was refused: those behind it have a hole before them. */
  #holedEpoch = -1;
  #busy = 0;
  #reservations = 0;
  #turn: Promise<void> = Promise.resolve();
  #idle: (() => void)[] = [];

  public constructor(
    context: LoadContext,
    place: {
      readonly topic: string;
      readonly partition: number;
      readonly log: Log;
      readonly producer: ProducerMemory;
    },
  ) {
    this.#context = context;
    this.topic = place.topic;
    this.partition = place.partition;
    this.log = place.log;
    this.producer = place.producer;
  }

  /** False while a truncation or a deletion of the topic waits or works. */
  public get free(): boolean {
    return this.#reservations === 0;
  }

  /** Waits until nobody else does anything here, and keeps it so until the returned function is called. */
  public async reserve(): Promise<() => void> {
    this.#reservations += 1;
    const before = this.#turn;
    let release: (() => void) | undefined;
    this.#turn = new Promise((resolve) => {
      release = resolve;
    });
    await before;
    while (this.#busy > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
    return () => {
      this.#reservations -= 1;
      release?.();
    };
  }

  /** Sends records; resolves when they are answered, with undefined when they were refused. */
  public async append(sending: Sending): Promise<AppendResult | undefined> {
    const { topic, partition } = this;
    const { count, stamp, again, acknowledge } = sending;
    const { seed, cycle, ledger } = this.#context;
    const from = again ?? { cycle, operation: ledger.next };
    const records = Array.from(
      { length: count },
      (_, index): RecordInput => makeRecord(seed, { ...from, index, count }),
    );
    const intent: AppendIntent = { type: 'append', topic, partition, count, stamp, again, acknowledge };
    const options: AppendOptions = { acknowledge, producer: stamp };
    return this.#attempt(intent, async () => {
      const result = await this.log.append(records, options);
      return { result, answer: { baseOffset: result.baseOffset, duplicate: result.duplicate } };
    });
  }

  public async deleteBefore(firstKept: number): Promise<void> {
    const { topic, partition } = this;
    await this.#attempt({ type: 'delete', topic, partition, firstKept }, async () => {
      await this.log.deleteRecordsBefore(firstKept);
      return { result: undefined, answer: {} };
    });
  }

  /** Only while the partition is reserved. */
  public async truncateAfter(lastKept: number): Promise<void> {
    const { topic, partition } = this;
    await this.#attempt({ type: 'truncate', topic, partition, lastKept }, async () => {
      await this.log.truncateAfter(lastKept);
      this.cuts += 1;
      this.producer = { epoch: this.producer.epoch + 1, nextSequence: 0, repeat: [] };
      return { result: undefined, answer: {} };
    });
  }

  /** What changes no record: it must not fail. */
  public async maintain(step: (log: Log) => Promise<unknown>): Promise<void> {
    await this.#occupied(async () => {
      try {
        await step(this.log);
      } catch (error) {
        if (!this.#context.isFair(error))
          this.#context.ledger.fault(`${this.topic}/${this.partition}: ${String(error)}`);
      }
    });
  }

  #attempt<T>(
    intent: Parameters<LedgerWriter['intend']>[0],
    call: () => Promise<{
      readonly result: T;
      readonly answer: { baseOffset?: number; duplicate?: boolean };
    }>,
  ): Promise<T | undefined> {
    return this.#occupied(async () => {
      const { ledger } = this.#context;
      const operation = ledger.intend(intent);
      try {
        const { result, answer } = await call();
        ledger.settle(operation, { type: 'done', ...answer });
        return result;
      } catch (error) {
        ledger.settle(operation, { type: 'refused', code: codeOf(error) });
        const epoch = intent.type === 'append' ? intent.stamp?.epoch : undefined;
        const behindHole = HOLES.has(codeOf(error)) && epoch === this.#holedEpoch;
        if (epoch !== undefined) this.#holedEpoch = epoch;
        if (!behindHole && !this.#context.isFair(error))
          ledger.fault(`${intent.type} ${this.topic}/${this.partition}: ${String(error)}`);
        return undefined;
      }
    });
  }

  async #occupied<T>(work: () => Promise<T>): Promise<T> {
    this.#busy += 1;
    try {
      return await work();
    } finally {
      this.#busy -= 1;
      if (this.#busy === 0) for (const wake of this.#idle.splice(0)) wake();
    }
  }
}

/** Refusals that a caller can bring about himself. */
export function isOwnFault(error: unknown): boolean {
  return SeglogError.is(error, 'RECORD_TOO_LARGE') || SeglogError.is(error, 'OFFSET_OUT_OF_RANGE');
}

function codeOf(error: unknown): string {
  return SeglogError.is(error) ? error.code : 'unknown';
}
