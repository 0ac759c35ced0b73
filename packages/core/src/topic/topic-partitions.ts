import { SeglogError } from '../contract/error.js';
import type { PartitionLog } from '../contract/partition-log.js';
import type { StorageDirectory } from '../contract/storage-directory.js';
import { requireSafeInteger } from '../invariant.js';
import { SerialQueue } from '../journal/serial-queue.js';
import { storedSegments } from '../log/stored-segments.js';
import { forEachNumber, settleEach } from './limit-concurrency.js';
import { type TopicEntry, topicDirectoryName } from './topic-catalog-state.js';
import type { PartitionContext, TopicParts } from './topic-parts.js';

/** What a topic's partitions need from the engine that holds them. */
export interface PartitionsHome<L extends PartitionLog> {
  /** `topics/`; undefined where there is none. */
  readonly directory: StorageDirectory | undefined;
  readonly parts: TopicParts<L>;
  readonly readOnly: boolean;
  readonly maxConcurrent: number;
}

/**
 * The partitions of one topic. Each is opened when it is first asked for, and kept until the end: an idle one costs a slot
 * in an array. A partition that could not be opened stays, and says why at every use.
 */
export class TopicPartitions<L extends PartitionLog = PartitionLog> {
  /** Orders what changes the number of partitions. */
  public readonly growth: SerialQueue = new SerialQueue();
  readonly #home: PartitionsHome<L>;
  readonly #logs: Map<number, Promise<L>> = new Map();
  readonly #open: Map<number, L> = new Map();
  #entry: TopicEntry;
  readonly #failures: Map<number, unknown> = new Map();
  #ended: SeglogError | undefined;

  public constructor(home: PartitionsHome<L>, entry: TopicEntry) {
    this.#home = home;
    this.#entry = entry;
  }

  public get entry(): TopicEntry {
    return this.#entry;
  }

  /** Why partitions could not be opened, by their numbers; empty when none failed. */
  public get failures(): ReadonlyMap<number, unknown> {
    return this.#failures;
  }

  /** Logs that are open, by the numbers of their partitions. */
  public get open(): ReadonlyMap<number, L> {
    return this.#open;
  }

  /** Throws `LOG_CLOSED`, or `TOPIC_NOT_FOUND` once the topic is deleted. */
  public requireAlive(): void {
    if (this.#ended !== undefined) throw this.#ended;
  }

  /** Throws `PARTITION_NOT_FOUND` for a number that the topic does not have. */
  public requirePartition(partition: number): void {
    requireSafeInteger(partition, 'partition');
    const { name: topic, partitions } = this.#entry;
    if (partition < partitions) return;
    throw new SeglogError('PARTITION_NOT_FOUND', 'the topic has no such partition', {
      topic,
      partition,
      partitions,
    });
  }

  /** The log of a partition. `PARTITION_NOT_FOUND`, or `TOPIC_OFFLINE` with the cause. */
  public async log(partition: number): Promise<L> {
    this.requireAlive();
    this.requirePartition(partition);
    const found = this.#logs.get(partition);
    if (found !== undefined) return found;
    const opening = this.#openLog(partition);
    this.#logs.set(partition, opening);
    return opening;
  }

  /** Logs that are open, with the numbers of their partitions. Those that are being opened are waited for. */
  async #opened(): Promise<readonly { readonly partition: number; readonly log: L }[]> {
    const settled = await Promise.all(
      [...this.#logs].map(async ([partition, opening]) => {
        const [result] = await Promise.allSettled([opening]);
        return result.status === 'fulfilled' ? [{ partition, log: result.value }] : [];
      }),
    );
    return settled.flat();
  }

  /** Opens every partition, whatever becomes of the others. */
  public async openAll(): Promise<void> {
    const to = this.#entry.partitions;
    await forEachNumber({ from: 0, to, limit: this.#home.maxConcurrent }, async (partition) => {
      await Promise.allSettled([this.log(partition)]);
    });
  }

  /**
   * Makes the directories and logs of partitions `[from, to)`, durable in the topic's own directory. They come into use by
   * {@link adopt}.
   */
  public async build(from: number, to: number): Promise<ReadonlyMap<number, L>> {
    const directory = await this.#directory({ create: true });
    const present = new Set((await directory.list()).map(({ name }) => name));
    const built = new Map<number, L>();
    try {
      await forEachNumber({ from, to, limit: this.#home.maxConcurrent }, async (partition) => {
        // What stands there was doomed; records in it were once acknowledged.
        if (present.has(String(partition))) await this.#removeUnused(directory, partition);
        const home = await directory.directory(String(partition), { create: true });
        built.set(partition, await this.#home.parts.openPartition(home, this.#context(partition, true)));
      });
      await directory.sync();
      return built;
    } catch (error) {
      await settleEach([...built.values()], this.#home.maxConcurrent, (log) => log.close()).catch(
        () => undefined,
      );
      throw error;
    }
  }

  /** Records in it were once acknowledged: the edit of the catalog that says so was lost. */
  async #removeUnused(directory: StorageDirectory, partition: number): Promise<void> {
    const home = await directory.directory(String(partition), { create: false });
    const { withRecords: file } = await storedSegments(home);
    if (file === undefined) return directory.remove(String(partition));
    const sentence =
      'the directory of a partition that is to be added holds records; they were left alone; move it away (seglog export reads it)';
    throw new SeglogError('CORRUPT_METADATA', sentence, { topic: this.#entry.name, partition, file });
  }

  /** Puts partitions that were built into use: the catalog names them now. */
  public adopt(entry: TopicEntry, built: ReadonlyMap<number, L>): void {
    this.#entry = entry;
    for (const [partition, log] of built) {
      this.#logs.set(partition, Promise.resolve(log));
      this.#open.set(partition, log);
    }
  }

  /** Everything written to the open partitions before the call is durable when it resolves. */
  public async sync(): Promise<void> {
    this.requireAlive();
    await settleEach(await this.#opened(), this.#home.maxConcurrent, ({ log }) => log.sync());
  }

  /** Ends every use with `why`, and closes what is open. Idempotent. Rejects if a log could not be closed cleanly. */
  public async end(why: SeglogError): Promise<void> {
    this.#ended ??= why;
    const open = await this.#opened();
    this.#logs.clear();
    this.#open.clear();
    await settleEach(open, this.#home.maxConcurrent, ({ log }) => log.close());
  }

  async #openLog(partition: number): Promise<L> {
    try {
      const directory = await this.#directory({ create: false });
      const home = await directory.directory(String(partition), { create: false });
      const log = await this.#home.parts.openPartition(home, this.#context(partition, false));
      this.#failures.delete(partition);
      this.#open.set(partition, log);
      return log;
    } catch (cause) {
      // What the operating system refused may work later; damage does not go away by looking again.
      if (SeglogError.is(cause, 'STORAGE') || SeglogError.is(cause, 'STORAGE_FULL'))
        this.#logs.delete(partition);
      throw this.#offline(partition, cause);
    }
  }

  /** Reports a topic whose directory is missing. It is looked for again at each use. */
  public takeOffline(): void {
    const facts = { call: 'opendir', name: topicDirectoryName(this.#entry), errno: 'ENOENT' };
    this.#offline(0, new SeglogError('STORAGE', 'the directory of the topic is missing', facts));
  }

  /** The topic is kept: what is wrong with its files may be mended. */
  #offline(partition: number, cause: unknown): SeglogError {
    const topic = this.#entry.name;
    this.#failures.set(partition, cause);
    observe(this.#home.parts, { type: 'topic-offline', topic, cause });
    const sentence = 'the topic is kept, but the files of a partition cannot be opened';
    return new SeglogError('TOPIC_OFFLINE', sentence, { topic, partition }, { cause });
  }

  async #directory(options: { readonly create: boolean }): Promise<StorageDirectory> {
    const { directory } = this.#home;
    if (directory === undefined)
      throw new SeglogError('STORAGE', 'there is no directory of topics', { errno: 'ENOENT' });
    return directory.directory(topicDirectoryName(this.#entry), options);
  }

  #context(partition: number, create: boolean): PartitionContext {
    const { name, id, config } = this.#entry;
    const { readOnly } = this.#home;
    return { name: `${name}/${partition}`, topic: name, topicId: id, partition, config, create, readOnly };
  }
}

export function topicNotFound(name: string): SeglogError {
  return new SeglogError('TOPIC_NOT_FOUND', 'there is no topic of that name', { topic: name });
}

/** A watcher must not break what it watches. */
export function observe(
  parts: Pick<TopicParts, 'observer'>,
  event: Parameters<TopicParts['observer']['observe']>[0],
): void {
  try {
    parts.observer.observe(event);
  } catch {
    // Swallowed by contract.
  }
}
