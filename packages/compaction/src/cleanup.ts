import { type ScheduledCall, SeglogError, type TopicFacts } from '@seglog/core';
import { Backoff } from './backoff.js';
import { type CleanupJob, RunningJob } from './cleanup-job.js';
import {
  type CleanupMakings,
  type CleanupOptions,
  type CleanupParts,
  cleanupMakings,
} from './cleanup-options.js';
import type { CleanupTarget, RetentionHold } from './cleanup-target.js';
import {
  type CompactionWish,
  compactPartition,
  compacts,
  deletes,
  retainPartition,
} from './partition-work.js';

/** What became of one topic: the records removed, or why not all of it could be compacted. */
export interface CompactionOutcome {
  readonly recordsRemoved: number;
  /** The first failure of a partition; the others were compacted all the same. */
  readonly failure?: unknown;
}

/**
 * Keeps logs small: removes what is too old or too much, and compacts. One partition after the other, in rounds, by the
 * injected clock; and on demand. Nothing happens before `start` or a call. A partition that fails is left alone for a while
 * and never stops the others. All methods may run concurrently; after `close` they reject with `LOG_CLOSED`.
 */
export class Cleanup {
  readonly #target: CleanupTarget;
  readonly #makings: CleanupMakings;
  readonly #jobs = new Set<RunningJob>();
  readonly #holds = new Set<RetentionHold>();
  readonly #backoff: Backoff;
  #line: Promise<unknown> = Promise.resolve();
  #started = false;
  #closed = false;
  #timer: ScheduledCall | undefined;
  #round: Promise<void> | undefined;

  public constructor(target: CleanupTarget, parts: CleanupParts, options: CleanupOptions = {}) {
    this.#target = target;
    this.#makings = cleanupMakings(parts, options);
    this.#backoff = new Backoff(this.#makings);
  }

  /** Begins with the rounds. As long as no topic has anything to clean, no timer runs: see {@link Cleanup.wake}. */
  public start(): void {
    this.#started = true;
    this.wake();
  }

  /** To be called when a topic was made or configured: the rounds may have become necessary. */
  public wake(): void {
    if (!this.#started || this.#closed || this.#timer !== undefined || this.#round !== undefined) return;
    if (!this.#target.topics().some((topic) => this.#concerns(topic))) return;
    const { intervalMs } = this.#makings.options;
    this.#timer = this.#makings.parts.clock.schedule(intervalMs, () => {
      this.#timer = undefined;
      this.run().catch(() => undefined);
    });
  }

  /** What is under way or waits for its turn, in order. */
  public jobs(): readonly CleanupJob[] {
    return [...this.#jobs];
  }

  /**
   * Retention never goes past what `hold` answers for a partition. Returns how to take it back. It is asked at each step
   * and must answer at once.
   */
  public holdBack(hold: RetentionHold): () => void {
    this.#holds.add(hold);
    return () => {
      this.#holds.delete(hold);
    };
  }

  /** One round now: every topic by its policy and settings. Failures are told to the observer; they reject nothing. */
  public run(): Promise<void> {
    if (this.#closed) return Promise.reject(closedError());
    this.#round ??= this.#runRound().finally(() => {
      this.#round = undefined;
      this.wake();
    });
    return this.#round;
  }

  /**
   * Compacts all that was appended to a topic before the call, whatever its policy and the strategy say; only the lag and
   * the time of tombstones count. Returns the records removed. Rejects with the first failure of a partition, after all.
   */
  public async compact(topic: string): Promise<number> {
    const { recordsRemoved, failure } = await this.#compactTopic(topic);
    if (failure !== undefined) throw failure;
    return recordsRemoved;
  }

  /** As `compact`, for every topic whose policy is to compact. One topic's failure stays its own. */
  public async compactAll(): Promise<ReadonlyMap<string, CompactionOutcome>> {
    if (this.#closed) throw closedError();
    const outcomes = new Map<string, CompactionOutcome>();
    for (const { name } of this.#target.topics().filter(compacts)) {
      const [outcome] = await Promise.allSettled([this.#compactTopic(name)]);
      const failed = outcome.status === 'rejected';
      outcomes.set(name, failed ? { recordsRemoved: 0, failure: outcome.reason } : outcome.value);
    }
    return outcomes;
  }

  /** Cancels what is under way and waits for its end; nothing is begun any more. Idempotent. */
  public async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    for (const job of this.#jobs) job.cancel();
    await this.#round?.catch(() => undefined);
    await this.#line.catch(() => undefined);
  }

  public [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #concerns(topic: TopicFacts): boolean {
    return compacts(topic) || deletes(topic, this.#makings);
  }

  async #runRound(): Promise<void> {
    for (const topic of this.#target.topics().filter((one) => this.#concerns(one))) {
      for (let partition = 0; partition < topic.partitions; partition += 1) {
        if (this.#closed) return;
        const place = `${topic.id}/${partition}`;
        if (this.#backoff.waits(place)) continue;
        const results = await Promise.allSettled([
          deletes(topic, this.#makings) ? this.#retain(topic, partition) : 0,
          compacts(topic) ? this.#compact(topic, partition, 'strategy') : 0,
        ]);
        this.#backoff.note(
          place,
          results.every(({ status }) => status === 'fulfilled'),
        );
      }
    }
  }

  async #compactTopic(name: string): Promise<CompactionOutcome> {
    if (this.#closed) throw closedError();
    const topic = this.#target.topics().find((one) => one.name === name);
    if (topic === undefined) {
      throw new SeglogError('TOPIC_NOT_FOUND', 'there is no topic of that name', { topic: name });
    }
    const partitions = Array.from({ length: topic.partitions }, (_, partition) => partition);
    const results = await Promise.allSettled(
      partitions.map((partition) => this.#compact(topic, partition, 'everything')),
    );
    const failed = results.find((result) => result.status === 'rejected');
    const removed = results.map((result) => (result.status === 'fulfilled' ? result.value : 0));
    const recordsRemoved = removed.reduce((sum, records) => sum + records, 0);
    return failed === undefined ? { recordsRemoved } : { recordsRemoved, failure: failed.reason };
  }

  #retain(topic: TopicFacts, partition: number): Promise<number> {
    return this.#job('retention', topic, partition, async (job) =>
      retainPartition(await this.#work(topic, partition), job),
    );
  }

  #compact(topic: TopicFacts, partition: number, wish: CompactionWish): Promise<number> {
    return this.#job('compaction', topic, partition, async (job) =>
      compactPartition(await this.#work(topic, partition), job, wish),
    );
  }

  async #work(topic: TopicFacts, partition: number): Promise<Parameters<typeof compactPartition>[0]> {
    const log = await this.#target.log(topic.name, partition);
    return { topic, log, makings: this.#makings, holds: this.#holds };
  }

  /** One job at a time, in the order in which they were asked for. */
  #job(
    kind: CleanupJob['kind'],
    topic: TopicFacts,
    partition: number,
    work: (job: RunningJob) => Promise<number>,
  ): Promise<number> {
    const job = new RunningJob({ kind, topic: topic.name, partition }, this.#makings);
    this.#jobs.add(job);
    const turn = this.#line.then(() => job.run(work)).finally(() => this.#jobs.delete(job));
    this.#line = turn.catch(() => undefined);
    return turn;
  }
}

function closedError(): SeglogError {
  return new SeglogError('LOG_CLOSED', 'the cleanup was closed');
}
