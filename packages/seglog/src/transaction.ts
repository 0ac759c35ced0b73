import {
  type Clock,
  type Log,
  requireSafeInteger,
  type ScheduledCall,
  SeglogError,
  type TopicAppendResult,
  type TopicManager,
  type TopicRecord,
  type TypedRecord,
} from '@seglog/core';
import type { WriteAhead } from '@seglog/wal';
import { type TopicWrite, WriteDraft } from './engine-write.js';

export interface TransactionOptions {
  /** Aborts a transaction that has not begun to commit by then, in ms. Default 60 s. */
  readonly timeoutMs?: number | undefined;
  /** Payload that a transaction may hold. Default 16 MiB. */
  readonly maxBytes?: number | undefined;
  /** Aborts the transaction unless it has begun to commit. */
  readonly signal?: AbortSignal | undefined;
}

/** Where, and under which condition, the records of one append of a transaction go. */
export type TransactionAppendOptions = Pick<TopicWrite, 'partition' | 'expectedOffset'>;

export interface TransactionContext {
  readonly topics: TopicManager<Log>;
  readonly ahead: WriteAhead | undefined;
  readonly clock: Clock;
}

const DEFAULT_TIMEOUT_MS = 60_000;
const DEFAULT_MAX_BYTES = 16 * 1024 * 1024;

/**
 * Records for any number of partitions that are kept here until `commit`, and then written as one: durable and visible in
 * all of them in one step, or in none. Nothing of a transaction that is aborted, times out or dies with its process is ever
 * written anywhere, so no reader needs to know of transactions.
 *
 * With `expectedOffset` for each partition that was read from it is optimistic: a conflict rejects the commit with
 * `WRONG_EXPECTED_OFFSET`, and nothing is written. Once it has ended, every call rejects with `TRANSACTION_ENDED`.
 */
export class Transaction implements AsyncDisposable {
  readonly #context: TransactionContext;
  readonly #draft: WriteDraft;
  readonly #maxBytes: number;
  readonly #timer: ScheduledCall;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => this.#end('aborted', this.#signal?.reason);
  readonly #own = new Map<string, TypedRecord<unknown, unknown>[]>();
  #state: 'open' | 'committing' | 'committed' | 'aborted' = 'open';
  #reason: unknown;

  /** @internal Use `engine.transaction`. */
  public constructor(context: TransactionContext, options: TransactionOptions = {}) {
    const { timeoutMs = DEFAULT_TIMEOUT_MS, maxBytes = DEFAULT_MAX_BYTES, signal } = options;
    requireSafeInteger(timeoutMs, 'timeoutMs', { min: 1 });
    requireSafeInteger(maxBytes, 'maxBytes', { min: 1 });
    signal?.throwIfAborted();
    this.#context = context;
    this.#draft = new WriteDraft(context);
    this.#maxBytes = maxBytes;
    this.#signal = signal;
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    this.#timer = context.clock.schedule(timeoutMs, () => this.#end('aborted', 'timeout'));
  }

  /** True until it is committed or aborted, by whatever. */
  public get open(): boolean {
    return this.#state === 'open';
  }

  /**
   * Adds records; their partitions are chosen now. Nothing is written. Throws what is wrong with them, and `RECORD_TOO_LARGE`
   * when the transaction holds too much; it stays open, without them.
   */
  public append<K = unknown, V = unknown>(
    topic: string,
    records: TopicRecord<K, V> | readonly TopicRecord<K, V>[],
    options: TransactionAppendOptions = {},
  ): void {
    this.#requireOpen();
    const list = (Array.isArray(records) ? records : [records]) as readonly TopicRecord<unknown, unknown>[];
    const groups = this.#draft.add({ topic, records: list, ...options }, this.#maxBytes);
    const nowMs = this.#context.clock.nowMs();
    for (const { partition, places } of groups) {
      const key = `${topic}/${partition}`;
      const own = this.#own.get(key) ?? [];
      for (const place of places) own.push(asRead(partition, list[place], nowMs));
      this.#own.set(key, own);
    }
  }

  /**
   * Records of a partition from `from` on, those of this transaction behind those that are there, with the offsets that they
   * would get if it were committed now. `nextOffset` is where to read on.
   */
  public async read<K = unknown, V = unknown>(
    topic: string,
    partition: number,
    from: number,
  ): Promise<{ readonly records: readonly TypedRecord<K, V>[]; readonly nextOffset: number }> {
    this.#requireOpen();
    const { topics } = this.#context;
    const end = (await topics.log(topic, partition)).offsets().highWatermark;
    const own = this.#own.get(`${topic}/${partition}`) ?? [];
    const placed = own.map((record, i) => ({ ...record, offset: end + i }) as TypedRecord<K, V>);
    if (from >= end && from <= end + own.length) {
      return { records: placed.slice(from - end), nextOffset: end + own.length };
    }
    const { records, nextOffset } = await topics.topic<V, K>(topic).read(partition, from);
    if (nextOffset < end) return { records, nextOffset };
    return {
      records: [...records.filter(({ offset }) => offset < end), ...placed],
      nextOffset: end + own.length,
    };
  }

  /** Writes everything as one. Results are by append, in the order of its records. Rejects as `engine.write` does. */
  public async commit(): Promise<readonly (readonly TopicAppendResult[])[]> {
    this.#requireOpen();
    this.#state = 'committing';
    this.#letGo();
    try {
      const results = this.#own.size === 0 ? [] : await this.#draft.write({});
      this.#state = 'committed';
      return results;
    } catch (cause) {
      this.#state = 'aborted';
      this.#reason = cause;
      throw cause;
    }
  }

  /** Forgets everything. Idempotent; does nothing once it is committed. */
  public abort(reason?: unknown): void {
    this.#end('aborted', reason);
  }

  public async [Symbol.asyncDispose](): Promise<void> {
    this.abort();
  }

  #end(state: 'aborted', reason: unknown): void {
    if (this.#state !== 'open') return;
    this.#state = state;
    this.#reason = reason;
    this.#letGo();
    this.#own.clear();
  }

  #letGo(): void {
    this.#timer.cancel();
    this.#signal?.removeEventListener('abort', this.#onAbort);
  }

  #requireOpen(): void {
    if (this.#state === 'open') return;
    const why = typeof this.#reason === 'string' ? this.#reason : undefined;
    const facts = { state: this.#state, reason: why };
    throw new SeglogError('TRANSACTION_ENDED', 'the transaction has ended', facts, { cause: this.#reason });
  }
}

function asRead(
  partition: number,
  record: TopicRecord<unknown, unknown> | undefined,
  nowMs: number,
): TypedRecord<unknown, unknown> {
  const { key = null, value = null, headers = [], timestampMs = nowMs } = record ?? { value: null };
  return { partition, offset: -1, timestampMs, key, value, headers };
}
