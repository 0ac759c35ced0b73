import { SeglogError } from '../contract/error.js';
import type { PartitionLog } from '../contract/partition-log.js';
import type { StorageDirectory } from '../contract/storage-directory.js';
import { hexadecimal } from '../journal/hexadecimal.js';
import { settleEach, throwFirst } from './limit-concurrency.js';
import { makePartitioner } from './make-partitioner.js';
import { openCatalog } from './open-catalog.js';
import { Topic } from './topic.js';
import type { TopicCatalog } from './topic-catalog.js';
import type { TopicConfig, TopicEntry } from './topic-catalog-state.js';
import { changedConfig, requireCleanup, type TopicChanges } from './topic-changes.js';
import type { OpenLogFacts, TopicFacts } from './topic-facts.js';
import { compareDirectories } from './topic-leftovers.js';
import { buildTopic, clearTopic, configureTopic, growTopic } from './topic-lifecycle.js';
import { sameTopicIgnoringCase } from './topic-name.js';
import {
  requirePartitions,
  requireTopicRequest,
  type SerdeOptions,
  serdeFor,
  type TopicOptions,
  topicEntry,
} from './topic-options.js';
import { observe, type PartitionsHome, TopicPartitions, topicNotFound } from './topic-partitions.js';
import { type TopicParts, type TopicSettings, topicSettings } from './topic-parts.js';
import { WorkList } from './work-list.js';

/**
 * The topics of a data root. Their names, ids and partition counts are durable when the call that made them resolves; a
 * crash leaves a topic whole or not at all.
 *
 * Partitions are opened when they are first used, so that thousands of idle ones cost next to nothing. All methods may run
 * concurrently. After `close`, every call rejects with `LOG_CLOSED`; of a read-only engine, every change with `READ_ONLY`.
 */
export class TopicManager<L extends PartitionLog = PartitionLog> {
  readonly #catalog: TopicCatalog;
  readonly #parts: TopicParts<L>;
  readonly #settings: TopicSettings;
  readonly #home: PartitionsHome<L>;
  readonly #open: Map<string, TopicPartitions<L>> = new Map();
  readonly #creating: Map<string, Promise<TopicPartitions<L>>> = new Map();
  readonly #work: WorkList = new WorkList();
  #strays: readonly string[] = [];
  #closing: Promise<void> | undefined;

  private constructor(catalog: TopicCatalog, home: PartitionsHome<L>, settings: TopicSettings) {
    this.#catalog = catalog;
    this.#parts = home.parts;
    this.#settings = settings;
    this.#home = home;
  }

  /**
   * Opens the catalog of a data root whose lock the caller holds, and removes what unfinished creations and deletions left.
   * No partition is opened. A read-only manager needs no lock, changes nothing, and shows the topics of this moment.
   */
  public static async open<L extends PartitionLog>(
    root: StorageDirectory,
    parts: TopicParts<L>,
    options: Partial<TopicSettings> & { readonly readOnly?: boolean | undefined } = {},
  ): Promise<TopicManager<L>> {
    const { readOnly = false, ...given } = options;
    const settings = topicSettings(given);
    const catalog = await openCatalog(root, parts, readOnly);
    const maxConcurrent = settings.maxConcurrentPartitions;
    const home = { directory: catalog.topicsDirectory, parts, readOnly, maxConcurrent };
    const opened = new TopicManager(catalog, home, settings);
    await opened.#holdAll();
    return opened;
  }

  /** Names of directories below `topics/` that belong to no topic and to no unfinished work: left alone. */
  public get strays(): readonly string[] {
    return this.#strays;
  }

  /** Makes a topic; all of it is durable when it resolves. `TOPIC_EXISTS`, or `INVALID_TOPIC` for the name. */
  public async createTopic<V = unknown, K = string>(
    name: string,
    options: TopicOptions<K, V> = {},
  ): Promise<Topic<K, V>> {
    this.#requireOpen();
    requireTopicRequest(name, options);
    if (this.#open.has(name) || this.#creating.has(name)) {
      throw new SeglogError('TOPIC_EXISTS', 'there is a topic of that name', { topic: name });
    }
    return this.#topic(await this.#create(name, options), options);
  }

  /**
   * The topic of that name, made if it is missing: of many concurrent calls one makes it, and all get it. An existing one
   * must have the serdes that were asked for (else `COMPOSITION`); its partition count and configuration stay.
   */
  public async getOrCreateTopic<V = unknown, K = string>(
    name: string,
    options: TopicOptions<K, V> = {},
  ): Promise<Topic<K, V>> {
    this.#requireOpen();
    requireTopicRequest(name, options);
    const partitions =
      this.#open.get(name) ?? (await (this.#creating.get(name) ?? this.#create(name, options)));
    return this.#topic(partitions, options);
  }

  /** An existing topic. Serdes need not be given when they are registered by name. `TOPIC_NOT_FOUND`, `COMPOSITION`. */
  public topic<V = unknown, K = string>(name: string, options: SerdeOptions<K, V> = {}): Topic<K, V> {
    return this.#topic(this.#require(name), options);
  }

  /** Every topic, by name. */
  public topics(): readonly TopicFacts[] {
    this.#requireOpen();
    return [...this.#open.values()]
      .map(({ entry, failures }) => ({ ...entry, failures }))
      .toSorted((first, second) => (first.name < second.name ? -1 : 1));
  }

  /**
   * Removes a topic; it is gone for good when it resolves. Its files go later, at the latest when the engine is opened
   * again. A topic that is made again under the name has nothing of it.
   */
  public async deleteTopic(name: string): Promise<void> {
    const partitions = this.#require(name);
    await this.#work.track(partitions.growth.run(() => this.#delete(partitions)));
  }

  /**
   * Brings a topic to `newTotal` partitions and returns how many were added: 0 when it has that many. A topic never loses
   * partitions: a lower number is a `RangeError`. Concurrent calls take turns.
   */
  public async addPartitions(name: string, newTotal: number): Promise<number> {
    const partitions = this.#require(name);
    return this.#work.track(partitions.growth.run(() => this.#grow(partitions, newTotal)));
  }

  /** Changes how a topic is cleaned, durably: all of the changes or, if one cannot be, none. Returns what it is now. */
  public async configureTopic(name: string, changes: TopicChanges): Promise<TopicConfig> {
    const partitions = this.#require(name);
    return this.#work.track(partitions.growth.run(() => this.#configure(partitions, changes)));
  }

  /** Everything written to any topic before the call is durable when it resolves. */
  public async sync(): Promise<void> {
    this.#requireOpen();
    await settleEach([...this.#open.values()], this.#settings.maxConcurrentPartitions, (topic) =>
      topic.sync(),
    );
  }

  /** Every partition that is open now. */
  public openLogs(): readonly OpenLogFacts<L>[] {
    this.#requireOpen();
    return [...this.#open.values()].flatMap(({ entry, open }) =>
      [...open].map(([partition, log]) => ({ topic: entry.name, partition, log })),
    );
  }

  /** Opens every partition now. Those that cannot be opened are in {@link TopicFacts.failures}. */
  public async openAll(): Promise<void> {
    this.#requireOpen();
    for (const topic of this.#open.values()) await topic.openAll();
  }

  /** The log of a partition itself, which the manager keeps: for rooms that maintain logs. */
  public async log(name: string, partition: number): Promise<L> {
    return this.#require(name).log(partition);
  }

  /**
   * Settles what is under way, closes every log, then the catalog. Idempotent. Rejects with the first failure, after
   * everything was tried: then the data root was not closed cleanly.
   */
  public close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const closed = new SeglogError('LOG_CLOSED', 'the engine was closed');
    await this.#work.idle();
    const limit = this.#settings.maxConcurrentPartitions;
    const ends = await Promise.allSettled([
      settleEach([...this.#open.values()], limit, (topic) => topic.end(closed)),
    ]);
    const catalog = await Promise.allSettled([this.#catalog.close()]);
    throwFirst([...ends, ...catalog]);
  }

  /** From here to the reservation nothing waits, so that two calls never make one topic. */
  #create<K, V>(name: string, options: TopicOptions<K, V>): Promise<TopicPartitions<L>> {
    this.#requireChangeable();
    this.#requireNoLookAlike(name);
    const { clock, random } = this.#parts;
    const facts = { name, id: hexadecimal(random.bytes(8)), createdAtMs: clock.nowMs() };
    const entry = topicEntry(options, facts, this.#settings);
    this.#parts.requireSettings?.(entry.config.settings);
    requireCleanup(entry.config.cleanup, this.#parts.cleanup);
    const creation = this.#work.track(this.#build(entry)).finally(() => this.#creating.delete(name));
    this.#creating.set(name, creation);
    return creation;
  }

  async #build(entry: TopicEntry): Promise<TopicPartitions<L>> {
    const partitions = new TopicPartitions(this.#home, entry);
    await buildTopic(this.#catalog, partitions);
    this.#hold(partitions);
    observe(this.#parts, { type: 'topic-created', topic: entry.name, partitions: entry.partitions });
    return partitions;
  }

  async #grow(topic: TopicPartitions<L>, newTotal: number): Promise<number> {
    const { name, partitions } = topic.entry;
    topic.requireAlive();
    this.#requireChangeable();
    requirePartitions(newTotal, this.#settings.maxPartitions);
    if (newTotal < partitions) {
      throw new RangeError(`topic ${name} has ${partitions} partitions, and never fewer: not ${newTotal}`);
    }
    const added = newTotal - partitions;
    if (added === 0) return 0;
    await growTopic(this.#catalog, topic, newTotal);
    observe(this.#parts, { type: 'partitions-added', topic: name, added });
    return added;
  }

  async #configure(topic: TopicPartitions<L>, changes: TopicChanges): Promise<TopicConfig> {
    topic.requireAlive();
    this.#requireChangeable();
    const config = changedConfig(topic.entry.config, changes, this.#parts.cleanup ?? {});
    await configureTopic(this.#catalog, topic, config);
    observe(this.#parts, { type: 'topic-configured', topic: topic.entry.name });
    return config;
  }

  async #delete(partitions: TopicPartitions<L>): Promise<void> {
    const { name, id } = partitions.entry;
    partitions.requireAlive();
    this.#requireChangeable();
    await this.#catalog.commit({ type: 'delete', id });
    this.#open.delete(name);
    // What fails here is tried again when the engine is opened the next time.
    this.#work.inBackground(clearTopic(this.#catalog, partitions));
    observe(this.#parts, { type: 'topic-deleted', topic: name });
  }

  async #holdAll(): Promise<void> {
    const { missing, strays } = await compareDirectories(this.#catalog);
    this.#strays = strays;
    for (const entry of this.#catalog.topics.values()) {
      const partitions = new TopicPartitions(this.#home, entry);
      this.#hold(partitions);
      if (missing.has(entry.name)) partitions.takeOffline();
    }
  }

  #hold(partitions: TopicPartitions<L>): void {
    this.#open.set(partitions.entry.name, partitions);
  }

  #topic<K, V>(partitions: TopicPartitions<L>, options: SerdeOptions<K, V>): Topic<K, V> {
    const { name: topic, config } = partitions.entry;
    return new Topic(partitions, {
      key: serdeFor({ topic, part: 'key', name: config.keySerde }, options.key, this.#parts.serdes),
      value: serdeFor({ topic, part: 'value', name: config.valueSerde }, options.value, this.#parts.serdes),
      partitioner: makePartitioner(options.partitioner ?? this.#parts.partitioner),
      addPartitions: (newTotal) =>
        this.#work.track(partitions.growth.run(() => this.#grow(partitions, newTotal))),
      configure: (changes) =>
        this.#work.track(partitions.growth.run(() => this.#configure(partitions, changes))),
    });
  }

  #require(name: string): TopicPartitions<L> {
    this.#requireOpen();
    const partitions = this.#open.get(name);
    if (partitions === undefined) throw topicNotFound(name);
    return partitions;
  }

  /** Two names that differ in case alone would share a directory on some disks, and confuse people on all of them. */
  #requireNoLookAlike(name: string): void {
    const alike =
      this.#catalog.nameLike(name) ??
      [...this.#creating.keys()].find((other) => sameTopicIgnoringCase(other, name));
    if (alike === undefined) return;
    throw new SeglogError('INVALID_TOPIC', 'the name differs from that of another topic only in case', {
      topic: name,
      alike,
    });
  }

  #requireOpen(): void {
    if (this.#closing !== undefined) throw new SeglogError('LOG_CLOSED', 'the engine was closed');
  }

  #requireChangeable(): void {
    this.#requireOpen();
    if (this.#home.readOnly) throw new SeglogError('READ_ONLY', 'the engine was opened read-only');
  }
}
