import type {
  AppendOptions,
  LogOffsets,
  PartitionLog,
  ReadOptions,
  TailOptions,
} from '../contract/partition-log.js';
import { payloadBytes, type RecordInput } from '../contract/record.js';
import { throwFirst } from './limit-concurrency.js';
import { PartitionHandle } from './partition-handle.js';
import type { Partitioner } from './partitioner.js';
import type { TopicConfig } from './topic-catalog-state.js';
import type { TopicChanges } from './topic-changes.js';
import type { TopicPartitions } from './topic-partitions.js';
import {
  fromBytes,
  type RecordSerdes,
  type TopicAppendResult,
  type TopicReadResult,
  type TopicRecord,
  type TypedRecord,
  toBytes,
} from './topic-record.js';

export interface TopicFittings<K, V> extends RecordSerdes<K, V> {
  readonly partitioner: Partitioner;
  readonly addPartitions: (newTotal: number) => Promise<number>;
  readonly configure: (changes: TopicChanges) => Promise<TopicConfig>;
}

/**
 * A topic with typed records: values go through serdes, records to partitions. All methods may run concurrently. Handles
 * are cheap and need no closing; once the topic is deleted they reject with `TOPIC_NOT_FOUND`, after the engine is closed
 * with `LOG_CLOSED`. What cannot be opened rejects with `TOPIC_OFFLINE`, the cause attached.
 */
export class Topic<K, V> {
  readonly #partitions: TopicPartitions;
  readonly #fittings: TopicFittings<K, V>;
  /** Appends that wait for a partition to open: as long as there is one, none overtakes it. */
  #waiting = 0;

  public constructor(partitions: TopicPartitions, fittings: TopicFittings<K, V>) {
    this.#partitions = partitions;
    this.#fittings = fittings;
  }

  /** As it was created: 1 to 249 of `[A-Za-z0-9._-]`. */
  public get name(): string {
    return this.#partitions.entry.name;
  }

  /** 16 lowercase hexadecimal digits. Another topic of the same name has another id. */
  public get id(): string {
    return this.#partitions.entry.id;
  }

  /** Wall time of the creation; never changes. */
  public get createdAtMs(): number {
    return this.#partitions.entry.createdAtMs;
  }

  /** Partitions as of now, numbered from 0. */
  public get partitionCount(): number {
    return this.#partitions.entry.partitions;
  }

  /** What the topic keeps: how it is cleaned, names of its serdes, settings of its own. */
  public get config(): TopicConfig {
    return this.#partitions.entry.config;
  }

  /**
   * Adds records, each to the partition that it names or that its key chooses. Records of one call that go to one partition
   * are one append there, in their order: all or none. Between partitions nothing is atomic: when one of them fails the call
   * rejects, after all have settled, and the others may have their records. Bytes that are given are borrowed until it
   * settles.
   *
   * Results are in the order of the records. `INVALID_RECORD` for a missing key where the topic compacts,
   * `PARTITION_NOT_FOUND`, and `TypeError` for a value that the serde cannot hold come before anything is written.
   * `expectedOffset` and `producer` speak of one partition: with records for several it is a `RangeError`.
   */
  public append(record: TopicRecord<K, V>, options?: AppendOptions): Promise<TopicAppendResult>;
  public append(
    records: readonly TopicRecord<K, V>[],
    options?: AppendOptions,
  ): Promise<readonly TopicAppendResult[]>;
  public async append(
    input: TopicRecord<K, V> | readonly TopicRecord<K, V>[],
    options?: AppendOptions,
  ): Promise<TopicAppendResult | readonly TopicAppendResult[]> {
    this.#partitions.requireAlive();
    if (isList(input)) return this.#appendAll(input, options);
    const { partition, input: bytes } = this.#prepare(input);
    const log = this.#waiting > 0 ? undefined : this.#partitions.open.get(partition);
    if (log === undefined) {
      const [result] = await this.#appendGroups([{ partition, inputs: [bytes], places: [0] }], options);
      return result as TopicAppendResult;
    }
    const { baseOffset: offset, durability, duplicate } = await log.append([bytes], options);
    return { partition, offset, durability, duplicate };
  }

  /**
   * The partition that records with this key go to, as long as the number of partitions stays. For what must be decided
   * beforehand: an `expectedOffset`, a read of one key's records. `TypeError` for a key that the serde cannot hold.
   */
  public partitionFor(key: K): number {
    this.#partitions.requireAlive();
    const bytes = this.#fittings.key.serialize(key);
    return this.#choose({ key: bytes, value: null }, this.#partitions.entry.partitions);
  }

  /**
   * What records become, and where they go, by partition: for writes that span topics. Throws as `append` does for what is
   * wrong with a record; nothing is written.
   */
  public place(records: readonly TopicRecord<K, V>[]): readonly PlacedGroup[] {
    this.#partitions.requireAlive();
    return this.#group(records);
  }

  /** The first records of a partition at or after `from`: see `PartitionLog.read`. */
  public async read(partition: number, from: number, options?: ReadOptions): Promise<TopicReadResult<K, V>> {
    const log = await this.#partitions.log(partition);
    const { records, nextOffset, gaps } = await log.read(from, options);
    return {
      records: records.map((record) => fromBytes(partition, record, this.#fittings)),
      nextOffset,
      gaps,
    };
  }

  /** Records of a partition from `from` on, and each new one as it comes: see `PartitionLog.tail`. */
  public async *tail(
    partition: number,
    from: number | 'earliest' | 'latest',
    options?: TailOptions,
  ): AsyncGenerator<TypedRecord<K, V>, void, undefined> {
    const log = await this.#partitions.log(partition);
    for await (const record of log.tail(from, options)) yield fromBytes(partition, record, this.#fittings);
  }

  /** A partition itself, in bytes. The engine owns it: closing the handle only gives it back. `PARTITION_NOT_FOUND`. */
  public async partition(partition: number): Promise<PartitionLog> {
    const needsKeys = (): boolean => this.config.cleanupPolicy !== 'delete';
    return new PartitionHandle(await this.#partitions.log(partition), needsKeys);
  }

  /** The marks of every partition, by number; opens those that are not open yet. */
  public async offsets(): Promise<readonly LogOffsets[]> {
    const numbers = Array.from({ length: this.partitionCount }, (_, partition) => partition);
    const logs = await Promise.all(numbers.map((partition) => this.#partitions.log(partition)));
    return logs.map((log) => log.offsets());
  }

  /** Everything written to this topic before the call is durable when it resolves. */
  public sync(): Promise<void> {
    return this.#partitions.sync();
  }

  /**
   * Brings the topic to `newTotal` partitions, durably, and returns how many were added: 0 when it has that many. Never
   * fewer: a lower number is a `RangeError`. Keys may go to other partitions from then on.
   */
  public addPartitions(newTotal: number): Promise<number> {
    return this.#fittings.addPartitions(newTotal);
  }

  /**
   * Changes how the topic is cleaned, durably, and returns its configuration from then on. All changes of a call or none:
   * one that cannot be is a `RangeError` or `TypeError`.
   */
  public configure(changes: TopicChanges): Promise<TopicConfig> {
    return this.#fittings.configure(changes);
  }

  #appendAll(
    records: readonly TopicRecord<K, V>[],
    options: AppendOptions | undefined,
  ): Promise<readonly TopicAppendResult[]> {
    const groups = this.#group(records);
    if (groups.length > 1 && (options?.expectedOffset !== undefined || options?.producer !== undefined)) {
      throw new RangeError(
        'expectedOffset and producer speak of one partition, and the records go to several',
      );
    }
    return this.#appendGroups(groups, options);
  }

  #group(records: readonly TopicRecord<K, V>[]): readonly PlacedGroup[] {
    const groups = new Map<number, Group>();
    for (const [place, record] of records.entries()) {
      const { partition, input } = this.#prepare(record);
      const group = groups.get(partition);
      if (group === undefined) groups.set(partition, { partition, inputs: [input], places: [place] });
      else {
        group.inputs.push(input);
        group.places.push(place);
      }
    }
    return [...groups.values()];
  }

  /** Every partition is open before the first byte is written, so that one that is offline leaves no part behind. */
  async #appendGroups(
    groups: readonly PlacedGroup[],
    options: AppendOptions | undefined,
  ): Promise<TopicAppendResult[]> {
    let logs = this.#waiting > 0 ? undefined : this.#openNow(groups);
    if (logs === undefined) {
      this.#waiting += 1;
      try {
        logs = await Promise.all(groups.map(({ partition }) => this.#partitions.log(partition)));
      } finally {
        this.#waiting -= 1;
      }
    }
    const results: TopicAppendResult[] = [];
    const appends = groups.map(async ({ partition, inputs, places }, index) => {
      const { baseOffset, durability, duplicate } = await (logs[index] as PartitionLog).append(
        inputs,
        options,
      );
      for (const [nth, place] of places.entries()) {
        results[place] = { partition, offset: baseOffset + nth, durability, duplicate };
      }
    });
    throwFirst(await Promise.allSettled(appends));
    return results;
  }

  #openNow(groups: readonly PlacedGroup[]): readonly PartitionLog[] | undefined {
    const logs: PartitionLog[] = [];
    for (const { partition } of groups) {
      const log = this.#partitions.open.get(partition);
      if (log === undefined) return undefined;
      logs.push(log);
    }
    return logs;
  }

  #prepare(record: TopicRecord<K, V>): { readonly partition: number; readonly input: RecordInput } {
    const { name, partitions, config } = this.#partitions.entry;
    const input = toBytes(record, this.#fittings, { name, needsKeys: config.cleanupPolicy !== 'delete' });
    const partition = record.partition ?? this.#choose(input, partitions);
    this.#partitions.requirePartition(partition);
    return { partition, input };
  }

  #choose(input: RecordInput, partitions: number): number {
    return this.#fittings.partitioner.partition(input.key ?? null, partitions, payloadBytes(input));
  }
}

/** Records of one call that go to one partition, with their places in the call. */
export interface PlacedGroup {
  readonly partition: number;
  readonly inputs: readonly RecordInput[];
  readonly places: readonly number[];
}

interface Group extends PlacedGroup {
  readonly inputs: RecordInput[];
  readonly places: number[];
}

/** `Array.isArray` does not narrow a readonly list. */
function isList<T>(input: T | readonly T[]): input is readonly T[] {
  return Array.isArray(input);
}
