import {
  json,
  requireSafeInteger,
  SeglogError,
  type SerdeOptions,
  string,
  type Topic,
  type TopicFacts,
  type TopicOptions,
} from '@seglog/core';
import { type CompactedView, compactedView } from './compacted-view.js';

/** Where cursors are kept: a topic of one partition that compacts. */
export const CURSOR_TOPIC = '__cursors';

/** What cursors need of an engine. */
export interface CursorEngine {
  topics(): readonly TopicFacts[];
  topic<V = unknown, K = string>(name: string, options?: SerdeOptions<K, V>): Topic<K, V>;
  getOrCreateTopic<V = unknown, K = string>(name: string, options?: TopicOptions<K, V>): Promise<Topic<K, V>>;
}

/** Up to where a group has come in a partition. */
export interface Cursor {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  /** The next record that the group wants. */
  readonly offset: number;
}

/** Where a group begins again. `timestampMs`: the first record at or after that time. */
export type CursorTarget = 'earliest' | 'latest' | { readonly timestampMs: number };

interface StoredCursor {
  readonly group: string;
  readonly topicId: string;
  readonly partition: number;
  readonly offset: number;
}

const MAX_GROUP_BYTES = 249;

/**
 * Up to where groups of readers have come, durably. A commit is an append to a log like any other: when it resolves, no
 * crash takes it back. It waits until the records below it are durable themselves, so that a cursor never names what a power
 * cut could replace. Cursors belong to a topic, not to its name: one that is made again begins without any.
 */
export class Cursors implements AsyncDisposable {
  readonly #engine: CursorEngine;
  readonly #store: Topic<string, StoredCursor>;
  readonly #view: CompactedView<string, StoredCursor>;
  readonly #lines = new Map<string, Promise<unknown>>();

  private constructor(
    engine: CursorEngine,
    store: Topic<string, StoredCursor>,
    view: CompactedView<string, StoredCursor>,
  ) {
    this.#engine = engine;
    this.#store = store;
    this.#view = view;
  }

  /** Makes the topic of cursors where there is none. Any number of these on one engine show the same. */
  public static async open(engine: CursorEngine): Promise<Cursors> {
    const store = await engine.getOrCreateTopic<StoredCursor>(CURSOR_TOPIC, {
      partitions: 1,
      cleanupPolicy: 'compact',
      key: string(),
      value: json<StoredCursor>(),
      settings: { maxSegmentBytes: 1024 * 1024 },
    });
    return new Cursors(engine, store, await compactedView(store));
  }

  /**
   * The group wants the record at `offset` next. Durable when it resolves. `TOPIC_NOT_FOUND`, `PARTITION_NOT_FOUND`, and
   * `OFFSET_OUT_OF_RANGE` beyond the end of the log. Commits of one cursor are carried out in the order of the calls.
   */
  public async commit(group: string, topic: string, partition: number, offset: number): Promise<void> {
    requireGroup(group);
    requireSafeInteger(offset, 'offset');
    const place = this.#place(group, topic, partition);
    await this.#inLine(place.key, async () => {
      const log = await this.#engine.topic(topic).partition(partition);
      const { logStart, logEnd } = log.offsets();
      if (offset > logEnd) {
        const facts = { offset, reason: 'future', logStart, logEnd };
        throw new SeglogError('OFFSET_OUT_OF_RANGE', 'a cursor does not go beyond the end of the log', facts);
      }
      await log.whenDurable(offset);
      const { topicId } = place;
      await this.#append(place.key, { group, topicId, partition, offset });
    });
  }

  /** What the group wants next; undefined when it never committed. */
  public committed(group: string, topic: string, partition: number): number | undefined {
    return this.#view.get(this.#place(group, topic, partition).key)?.offset;
  }

  /** Every cursor of topics that are there, or those of one group. */
  public list(group?: string): readonly Cursor[] {
    const names = new Map(this.#engine.topics().map(({ id, name }) => [id, name]));
    return [...this.#view.values()].flatMap((stored) => {
      const topic = names.get(stored.topicId);
      if (topic === undefined || (group !== undefined && stored.group !== group)) return [];
      return [{ group: stored.group, topic, partition: stored.partition, offset: stored.offset }];
    });
  }

  /** Moves a cursor, durably, and returns the offset. After the last record, when none is as late as `timestampMs`. */
  public async reset(group: string, topic: string, partition: number, to: CursorTarget): Promise<number> {
    const log = await this.#engine.topic(topic).partition(partition);
    const { logStart, highWatermark } = log.offsets();
    let offset = to === 'latest' ? highWatermark : logStart;
    if (typeof to === 'object') offset = (await log.offsetForTimestamp(to.timestampMs)) ?? highWatermark;
    await this.commit(group, topic, partition, offset);
    return offset;
  }

  /** Removes every cursor of a group, durably; returns how many there were. */
  public async forget(group: string): Promise<number> {
    const found = [...this.#view.entries()].filter(([, stored]) => stored.group === group);
    await Promise.all(found.map(([key]) => this.#inLine(key, () => this.#append(key, null))));
    return found.length;
  }

  /**
   * The lowest offset that a group still wants of a partition, undefined when none has a cursor there: what retention is
   * held back by, `engine.cleanup.holdBack(cursors.lowest)`.
   */
  public readonly lowest = (topic: string, partition: number): number | undefined => {
    const wanted = this.list().filter((cursor) => cursor.topic === topic && cursor.partition === partition);
    return wanted.length === 0 ? undefined : Math.min(...wanted.map(({ offset }) => offset));
  };

  /** Settles commits under way. The topic stays open with its engine. Idempotent. */
  public async close(): Promise<void> {
    await Promise.allSettled(this.#lines.values());
    await this.#view.close();
  }

  public [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #append(key: string, value: StoredCursor | null): Promise<void> {
    const { partition, offset } = await this.#store.append({ key, value }, { acknowledge: 'synced' });
    await this.#view.reached(partition, offset);
  }

  /** Keys hold the topic's id. `TOPIC_NOT_FOUND`, `PARTITION_NOT_FOUND`. */
  #place(
    group: string,
    topic: string,
    partition: number,
  ): { readonly key: string; readonly topicId: string } {
    const found = this.#engine.topics().find(({ name }) => name === topic);
    if (found === undefined)
      throw new SeglogError('TOPIC_NOT_FOUND', 'there is no topic of that name', { topic });
    requirePartition(partition, found);
    return { key: JSON.stringify([group, found.id, partition]), topicId: found.id };
  }

  async #inLine(key: string, step: () => Promise<void>): Promise<void> {
    const before = this.#lines.get(key) ?? Promise.resolve();
    const turn = before.then(step, step);
    const settled = turn.catch(() => undefined);
    this.#lines.set(key, settled);
    try {
      await turn;
    } finally {
      if (this.#lines.get(key) === settled) this.#lines.delete(key);
    }
  }
}

/** Guards a partition that comes from a caller. `PARTITION_NOT_FOUND` when the topic has none of that number. */
export function requirePartition(
  partition: number,
  topic: { readonly name: string; readonly partitions: number },
): void {
  requireSafeInteger(partition, 'partition');
  if (partition < topic.partitions) return;
  const facts = { topic: topic.name, partition };
  throw new SeglogError('PARTITION_NOT_FOUND', 'the topic has no such partition', facts);
}

/** Guards the name of a group that comes from a caller: 1 to 249 bytes. */
export function requireGroup(group: string): void {
  if (typeof group !== 'string') throw new TypeError('a group is a string');
  const { length } = new TextEncoder().encode(group);
  if (length === 0 || length > MAX_GROUP_BYTES) {
    throw new RangeError(`a group has a name of 1 to ${MAX_GROUP_BYTES} bytes`);
  }
}
