import { requireKnownOptions, SeglogError, type Topic, type TypedRecord } from '@seglog/core';
import { Progress } from './progress.js';

export interface CompactedViewOptions<K> {
  /** What tells keys apart: equal for equal keys. Default: strings and numbers by themselves, bytes by content, others as JSON. */
  readonly keyOf?: ((key: K) => unknown) | undefined;
}

/** Resolves with a view that shows everything that is visible in the topic now, and follows it from then on. */
export function compactedView<K, V>(
  topic: Topic<K, V>,
  options?: CompactedViewOptions<K>,
): Promise<CompactedView<K, V>> {
  return CompactedView.open(topic, options);
}

/**
 * The latest value of each key of a topic, as a read-only map that follows the log: a table, a cache, a configuration. It is
 * rebuilt from the log each time it is opened, so a topic that compacts keeps that quick. Records without a key are passed
 * over, a tombstone removes its key. Every method but `reached` and `close` answers at once.
 */
export class CompactedView<K, V> implements ReadonlyMap<K, V>, AsyncDisposable {
  readonly #topic: Topic<K, V>;
  readonly #keyOf: (key: K) => unknown;
  readonly #entries: Map<unknown, Entry<K, V>> = new Map();
  readonly #progress = new Progress();
  readonly #abort = new AbortController();
  #following: Promise<unknown> = Promise.resolve();

  private constructor(topic: Topic<K, V>, { keyOf = identityOf }: CompactedViewOptions<K>) {
    this.#topic = topic;
    this.#keyOf = keyOf;
  }

  /** @internal Use {@link compactedView}. */
  public static async open<K, V>(
    topic: Topic<K, V>,
    options: CompactedViewOptions<K> = {},
  ): Promise<CompactedView<K, V>> {
    requireKnownOptions(options, ['keyOf']);
    const view = new CompactedView<K, V>(topic, options);
    const partitions = Array.from({ length: topic.partitionCount }, (_, partition) => partition);
    const starts = await Promise.all(partitions.map((partition) => view.#rebuild(partition)));
    view.#following = Promise.all(partitions.map((partition, i) => view.#follow(partition, starts[i] ?? 0)));
    return view;
  }

  public get size(): number {
    return this.#entries.size;
  }

  public get(key: K): V | undefined {
    return this.#entries.get(this.#keyOf(key))?.value;
  }

  public has(key: K): boolean {
    return this.#entries.has(this.#keyOf(key));
  }

  /** In the order in which the keys first came. */
  public *entries(): MapIterator<[K, V]> {
    for (const { key, value } of this.#entries.values()) yield [key, value];
  }

  public *keys(): MapIterator<K> {
    for (const { key } of this.#entries.values()) yield key;
  }

  public *values(): MapIterator<V> {
    for (const { value } of this.#entries.values()) yield value;
  }

  public [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries();
  }

  public forEach(visit: (value: V, key: K, map: ReadonlyMap<K, V>) => void): void {
    for (const [key, value] of this) visit(value, key, this);
  }

  /** Resolves when the view shows the record at `offset` of a partition: to read what one has just appended. */
  public reached(partition: number, offset: number): Promise<void> {
    return this.#progress.reached(partition, offset + 1);
  }

  /** Follows no longer; what it shows stays. Idempotent. */
  public async close(): Promise<void> {
    this.#abort.abort();
    await this.#following;
    this.#progress.end(new SeglogError('LOG_CLOSED', 'the view was closed'));
  }

  public [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Reads a partition from its start to what is visible now; resolves with the offset to go on from. */
  async #rebuild(partition: number): Promise<number> {
    for (const [id, entry] of this.#entries) if (entry.partition === partition) this.#entries.delete(id);
    const log = await this.#topic.partition(partition);
    const { logStart, highWatermark } = log.offsets();
    let from = logStart;
    while (from < highWatermark) {
      try {
        const { records, nextOffset } = await this.#topic.read(partition, from);
        for (const record of records) this.#take(record);
        from = nextOffset;
      } catch (cause) {
        // Retention was quicker: what it took need not be shown.
        if (!SeglogError.is(cause, 'OFFSET_OUT_OF_RANGE') || log.offsets().logStart <= from) throw cause;
        from = log.offsets().logStart;
      }
    }
    this.#progress.advance(partition, from);
    return from;
  }

  /** Never rejects: what ends it is told to those who wait for it. */
  async #follow(partition: number, start: number): Promise<void> {
    const { signal } = this.#abort;
    let from = start;
    while (!signal.aborted) {
      try {
        for await (const record of this.#topic.tail(partition, from, { signal })) {
          this.#take(record);
          this.#progress.advance(partition, record.offset + 1);
        }
        this.#progress.end(new SeglogError('LOG_CLOSED', 'the log that the view follows was closed'));
        return;
      } catch (cause) {
        if (!(await this.#startsAnew(partition, cause, (offset) => (from = offset)))) return;
      }
    }
  }

  /** Records that were shown are gone, by truncation or retention: the view is made again. */
  async #startsAnew(partition: number, cause: unknown, setFrom: (offset: number) => void): Promise<boolean> {
    if (this.#abort.signal.aborted) return false;
    try {
      if (!SeglogError.is(cause, 'OFFSET_OUT_OF_RANGE')) throw cause;
      setFrom(await this.#rebuild(partition));
      return true;
    } catch (failure) {
      this.#progress.end(failure);
      return false;
    }
  }

  #take({ partition, key, value }: TypedRecord<K, V>): void {
    if (key === null) return;
    const id = this.#keyOf(key);
    if (value === null) this.#entries.delete(id);
    else this.#entries.set(id, { key, value, partition });
  }
}

interface Entry<K, V> {
  readonly key: K;
  readonly value: V;
  readonly partition: number;
}

function identityOf(key: unknown): unknown {
  if (typeof key !== 'object' || key === null) return key;
  return key instanceof Uint8Array ? Buffer.from(key).toString('latin1') : JSON.stringify(key);
}
