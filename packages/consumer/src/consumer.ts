import { SeglogError, type Topic, type TypedRecord } from '@seglog/core';
import { type ConsumerOptions, type ConsumerSettings, consumerSettings } from './consumer-options.js';
import type { Cursors } from './cursors.js';
import { PartitionFeed, ReadyLine } from './partition-feed.js';

/** Where a consumer stands in one partition. */
export interface ConsumerStats {
  readonly partition: number;
  /** Offset after the last record that was handled. */
  readonly position: number;
  readonly committed: number | undefined;
  readonly highWatermark: number;
  /** `highWatermark - position`: offsets still to come, gaps included. */
  readonly lag: number;
}

/**
 * Every record of a topic at least once, over any number of restarts: `for await (const record of consumer)`. A record counts
 * as handled when the next one is asked for, and is committed after that; so what was in hand when the loop was left, by
 * whatever way, comes again. Records of one partition come in order. One loop at a time.
 */
export class Consumer<K, V> implements AsyncIterable<TypedRecord<K, V>>, AsyncDisposable {
  readonly #topic: Topic<K, V>;
  readonly #cursors: Cursors;
  readonly #settings: ConsumerSettings;
  readonly #positions = new Map<number, number>();
  readonly #committed = new Map<number, number>();
  readonly #abort = new AbortController();
  #inHand: TypedRecord<K, V> | undefined;
  #uncommitted = 0;
  #looping = false;

  /**
   * Reads nothing yet. Throws `TypeError` for what is of another type, a promise of cursors too, `RangeError` for a value that
   * makes no sense and for options that are not there, and `PARTITION_NOT_FOUND`.
   */
  public constructor(topic: Topic<K, V>, cursors: Cursors, options: ConsumerOptions) {
    this.#settings = consumerSettings(topic, cursors, options);
    this.#topic = topic;
    this.#cursors = cursors;
  }

  /** Ends without an error when the consumer is closed; an aborted one rejects with the signal's reason. */
  public async *[Symbol.asyncIterator](): AsyncGenerator<TypedRecord<K, V>, void, undefined> {
    if (this.#looping) throw new TypeError('a consumer has one loop at a time');
    this.#looping = true;
    const line = new ReadyLine<PartitionFeed<K, V>>();
    const { signal } = this.#abort;
    const forward = (): void => this.#abort.abort(this.#settings.signal?.reason);
    this.#settings.signal?.addEventListener('abort', forward, { once: true });
    const feeds: PartitionFeed<K, V>[] = [];
    try {
      this.#settings.signal?.throwIfAborted();
      for (const partition of this.#partitions()) feeds.push(await this.#feed(partition, line));
      while (!signal.aborted) {
        const idle = line.isEmpty && feeds.every((one) => one.isCaughtUp);
        if (idle || this.#uncommitted >= this.#settings.commitEvery) await this.commitHandled();
        const feed = await line.next(signal);
        if (feed === undefined) break;
        const record = await feed.take();
        if (record === undefined) continue;
        this.#inHand = record;
        yield record;
        this.#handled(record);
      }
      this.#settings.signal?.throwIfAborted();
      await this.commitHandled();
    } finally {
      this.#settings.signal?.removeEventListener('abort', forward);
      this.#looping = false;
      this.#inHand = undefined;
      await Promise.all(feeds.map((feed) => feed.stop()));
    }
  }

  /** Commits everything up to and with the record in hand: for work that is done before the next record is asked for. */
  public async commit(): Promise<void> {
    if (this.#inHand !== undefined) this.#handled(this.#inHand);
    this.#inHand = undefined;
    await this.commitHandled();
  }

  /** Commits what was handled, without the record in hand. */
  public async commitHandled(): Promise<void> {
    this.#uncommitted = 0;
    const moved = [...this.#positions].filter(([partition, at]) => this.#committed.get(partition) !== at);
    const { group } = this.#settings;
    for (const [partition, position] of moved) {
      await this.#cursors.commit(group, this.#topic.name, partition, position);
      this.#committed.set(partition, position);
    }
  }

  /** One entry for each partition. Opens those that are not open yet. */
  public async stats(): Promise<readonly ConsumerStats[]> {
    const offsets = await this.#topic.offsets();
    return this.#partitions().map((partition) => {
      const { highWatermark = 0, logStart = 0 } = offsets[partition] ?? {};
      const committed = this.#cursors.committed(this.#settings.group, this.#topic.name, partition);
      const position = this.#positions.get(partition) ?? committed ?? logStart;
      return { partition, position, committed, highWatermark, lag: Math.max(0, highWatermark - position) };
    });
  }

  /** Ends the loop, and commits what was handled. Idempotent. */
  public async close(): Promise<void> {
    this.#abort.abort();
    await this.commitHandled();
  }

  public [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #partitions(): readonly number[] {
    const { partitions } = this.#settings;
    return partitions ?? Array.from({ length: this.#topic.partitionCount }, (_, partition) => partition);
  }

  #handled({ partition, offset }: TypedRecord<K, V>): void {
    if (this.#inHand === undefined) return;
    this.#inHand = undefined;
    this.#positions.set(partition, offset + 1);
    this.#uncommitted += 1;
  }

  async #feed(partition: number, line: ReadyLine<PartitionFeed<K, V>>): Promise<PartitionFeed<K, V>> {
    const log = await this.#topic.partition(partition);
    const { logStart, highWatermark, logEnd } = log.offsets();
    const { from, group } = this.#settings;
    const begin = from === 'latest' ? highWatermark : logStart;
    const committed = this.#cursors.committed(group, this.#topic.name, partition);
    let start = this.#positions.get(partition) ?? committed ?? begin;
    if (start < logStart) start = begin;
    // A truncation went below the cursor: what comes now is new.
    if (start > logEnd) start = logEnd;
    if (committed !== undefined) this.#committed.set(partition, committed);
    this.#positions.set(partition, start);
    return new PartitionFeed({
      line,
      signal: this.#abort.signal,
      open: (offset, signal) => this.#topic.tail(partition, offset, { signal }),
      start,
      end: () => log.offsets().highWatermark,
      startAgain: (cause, at) => {
        if (!SeglogError.is(cause, 'OFFSET_OUT_OF_RANGE')) return undefined;
        const marks = log.offsets();
        if (at < marks.logStart) return from === 'latest' ? marks.highWatermark : marks.logStart;
        return Math.min(at, marks.logEnd);
      },
    });
  }
}
