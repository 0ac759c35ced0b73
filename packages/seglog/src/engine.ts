import type { Cleanup } from '@seglog/compaction';
import {
  type Clock,
  type Log,
  type LogStats,
  type RecoveryReport,
  SeglogError,
  type SerdeOptions,
  type StorageDirectory,
  type Topic,
  type TopicAppendResult,
  type TopicFacts,
  type TopicManager,
  type TopicOptions,
  type WriterSession,
} from '@seglog/core';

import type { WalReplayReport, WriteAhead } from '@seglog/wal';
import { type TopicWrite, type WriteOptions, writeTogether } from './engine-write.js';
import { type Producer, type ProducerOptions, Producers } from './producer.js';
import { Transaction, type TransactionOptions } from './transaction.js';

/** Sums over the partitions that are open now. */
export interface EngineStats {
  readonly topics: number;
  /** Partitions of all topics, and how many of them are open. */
  readonly partitions: number;
  readonly openPartitions: number;
  readonly bytes: number;
  readonly records: number;
  /** Written since the partitions were opened. */
  readonly appendedBytes: number;
  readonly appendedRecords: number;
  readonly syncs: number;
  /** Records that a power cut would take back. */
  readonly durableLag: number;
  readonly queuedBytes: number;
  /** Descriptors and maps that the disk holds. */
  readonly descriptors: number;
  /** Each open partition by itself, by name: `flights/2`. */
  readonly logs: ReadonlyMap<string, LogStats>;
}

interface OpenEngine {
  readonly topics: TopicManager<Log>;
  /** Absent where each partition makes its own appends durable. */
  readonly ahead: WriteAhead | undefined;
  readonly replay: WalReplayReport | undefined;
  /** Absent when the engine is read-only. */
  readonly session: WriterSession | undefined;
  readonly disk: StorageDirectory;
  readonly recoveries: ReadonlyMap<string, RecoveryReport>;
  readonly cleanup: Cleanup;
  readonly clock: Clock;
}

/**
 * A data root that is open: its topics, and what they stand on. Made by `openEngine`. All methods may run concurrently;
 * after `close` they reject with `LOG_CLOSED`.
 */
export class Engine implements AsyncDisposable {
  readonly #open: OpenEngine;
  readonly #producers: Producers;
  #closing: Promise<void> | undefined;

  /** @internal Use `openEngine`. */
  public constructor(open: OpenEngine) {
    this.#open = open;
    this.#producers = new Producers(open.topics, async () => {
      if (open.session !== undefined) return open.session.raiseEpoch();
      throw new SeglogError('READ_ONLY', 'the engine was opened read-only');
    });
  }

  /** Makes a topic; all of it is durable when it resolves. `TOPIC_EXISTS`, or `INVALID_TOPIC` for the name. */
  public createTopic<V = unknown, K = string>(
    name: string,
    options: TopicOptions<K, V> = {},
  ): Promise<Topic<K, V>> {
    return this.#open.topics.createTopic(name, options);
  }

  /** The topic of that name, made if it is missing. Of many concurrent calls one makes it, and all get it. */
  public getOrCreateTopic<V = unknown, K = string>(
    name: string,
    options: TopicOptions<K, V> = {},
  ): Promise<Topic<K, V>> {
    return this.#open.topics.getOrCreateTopic(name, options);
  }

  /** An existing topic. Throws `TOPIC_NOT_FOUND`, or `COMPOSITION` for serdes that it was not created with. */
  public topic<V = unknown, K = string>(name: string, options: SerdeOptions<K, V> = {}): Topic<K, V> {
    return this.#open.topics.topic(name, options);
  }

  /** Every topic, by name; those that cannot be opened too, with the reason. */
  public topics(): readonly TopicFacts[] {
    return this.#open.topics.topics();
  }

  /** Removes a topic, durably when it resolves. One that is made again under the name has nothing of it. */
  public async deleteTopic(name: string): Promise<void> {
    const { topics, ahead } = this.#open;
    if (ahead !== undefined) await ahead.forget(topics.topic(name).id);
    await topics.deleteTopic(name);
  }

  /**
   * Writes records to any number of partitions of any topics as one: durable in all of them and visible in all of them in
   * one step, or in none, whatever crash comes. Needs a write-ahead log (else `COMPOSITION`). Results are by part, in the
   * order of its records. With `WRONG_EXPECTED_OFFSET` for any part, nothing is written.
   */
  public write(
    parts: readonly TopicWrite[],
    options: WriteOptions = {},
  ): Promise<readonly (readonly TopicAppendResult[])[]> {
    return writeTogether(this.#open, parts, options);
  }

  /**
   * Begins a transaction over any number of partitions: its records are kept until `commit`, and written as one. Needs a
   * write-ahead log (else `COMPOSITION`).
   */
  public transaction(options: TransactionOptions = {}): Transaction {
    this.#requireOpen();
    return new Transaction(this.#open, options);
  }

  /**
   * A producer whose appends may be repeated without being written twice. It gets a higher epoch than any before it, durably,
   * and fences earlier ones of its name. `READ_ONLY` for a read-only engine.
   */
  public async producer(name: string, options: ProducerOptions = {}): Promise<Producer> {
    this.#requireOpen();
    return this.#producers.open(name, options);
  }

  /**
   * Retention and compaction: what is under way, on demand, and by the clock for topics whose policy or settings ask for it.
   * Those of a topic are changed by `topic.configure`.
   */
  public get cleanup(): Cleanup {
    return this.#open.cleanup;
  }

  /** Everything written to any topic before the call is durable when it resolves. */
  public sync(): Promise<void> {
    return this.#open.topics.sync();
  }

  /** The log of a partition, which the engine owns: for maintenance. Applications use `topic(name).partition(n)`. */
  public log(topic: string, partition: number): Promise<Log> {
    return this.#open.topics.log(topic, partition);
  }

  /**
   * Opens every partition now instead of at its first use, and returns what recovery found and did, by partition
   * (`flights/2`). One that cannot be opened is not in it: {@link Engine.topics} has the reason.
   */
  public async recover(): Promise<ReadonlyMap<string, RecoveryReport>> {
    await this.#open.topics.openAll();
    return this.recoveryReports();
  }

  /** What recovery found and did in each partition that has been opened, by name. */
  public recoveryReports(): ReadonlyMap<string, RecoveryReport> {
    return new Map(this.#open.recoveries);
  }

  /** What opening found in the write-ahead log, and did with it. Undefined for an engine without one. */
  public get replayReport(): WalReplayReport | undefined {
    return this.#open.replay;
  }

  /**
   * Makes the files of all partitions hold what was written to them, and lets the write-ahead log go as far as it can. An
   * engine does so by itself, by the settings of its write-ahead log. Without one it is a `sync`.
   */
  public async checkpoint(): Promise<void> {
    const { ahead } = this.#open;
    this.#requireOpen();
    await (ahead === undefined ? this.sync() : ahead.checkpoint());
  }

  /** Sums over the partitions that are open, and each by itself. Cheap: nothing is read. Throws `LOG_CLOSED`. */
  public stats(): EngineStats {
    const { topics, disk } = this.#open;
    const listed = topics.topics();
    const logs = new Map(
      topics.openLogs().map(({ topic, partition, log }) => [`${topic}/${partition}`, log.stats()] as const),
    );
    const sum = (of: (stats: LogStats) => number): number =>
      [...logs.values()].reduce((total, stats) => total + of(stats), 0);
    return {
      topics: listed.length,
      partitions: listed.reduce((total, { partitions }) => total + partitions, 0),
      openPartitions: logs.size,
      bytes: sum(({ bytes }) => bytes),
      records: sum(({ records }) => records),
      appendedBytes: sum(({ appendedBytes }) => appendedBytes),
      appendedRecords: sum(({ appendedRecords }) => appendedRecords),
      syncs: sum(({ syncs }) => syncs),
      durableLag: sum(({ durableLag }) => durableLag),
      queuedBytes: sum(({ queuedBytes }) => queuedBytes),
      descriptors: disk.descriptors,
      logs,
    };
  }

  /**
   * Settles every append, makes everything durable, notes that the data root was closed cleanly, and releases it: cleanup,
   * topics, the write-ahead log, the writer session, then the disk. Idempotent. Rejects with the first failure; all is
   * released then too.
   */
  public close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  public [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #requireOpen(): void {
    if (this.#closing !== undefined) throw new SeglogError('LOG_CLOSED', 'the engine was closed');
  }

  async #close(): Promise<void> {
    const { topics, ahead, session, disk, cleanup } = this.#open;
    await cleanup.close();
    const [logs] = await Promise.allSettled([topics.close()]);
    const [written] = await Promise.allSettled([ahead?.close()]);
    const clean = logs.status === 'fulfilled' && written.status === 'fulfilled';
    const [mark] = await Promise.allSettled([session?.close({ clean })]);
    const [released] = await Promise.allSettled([disk.close()]);
    for (const result of [logs, written, mark, released])
      if (result.status === 'rejected') throw result.reason;
  }
}
