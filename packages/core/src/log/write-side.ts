import { SeglogError } from '../contract/error.js';
import type { LogMaintenance } from '../contract/log-maintenance.js';
import type { AppendOptions, AppendResult } from '../contract/partition-log.js';
import type { ProducerStamp, RecordInput } from '../contract/record.js';
import type { SealedSegment } from '../contract/segment-facts.js';
import { requireSafeInteger } from '../invariant.js';
import { requireProducerStamp } from '../producer/producer-stamp.js';
import type { LogPort } from './ahead-of-log.js';
import { AppendQueue } from './append-queue.js';
import { Cleaner } from './cleaner.js';
import { finalSync } from './final-sync.js';
import type { GroupCommit } from './group-commit.js';
import { closedError } from './log-offsets.js';
import { logPort } from './log-port.js';
import { LogWriter, rejectUnproven } from './log-writer.js';
import { PlacedWriter, type PlacedWriterContext } from './placed-writer.js';
import { keepSnapshot, prepareForProducers, producerSnapshot, requireStamps } from './producer-keeping.js';
import { releaseAll } from './release-all.js';
import { Roller } from './roller.js';
import { SyncLatency } from './sync-latency.js';
import { truncateLog } from './truncate-log.js';
import type { WatermarkKeeper } from './watermark-keeper.js';
import type { WriteSideParts } from './write-side-parts.js';
import { newCommit, newEncoder, newWatermark } from './write-side-rooms.js';

/** Failures of a truncation that left everything as it was. */
const UNDONE = ['OFFSET_OUT_OF_RANGE', 'CORRUPT_SEGMENT', 'STORAGE_FULL'] as const;

type Written = Parameters<PlacedWriterContext['onWritten']>[0];

/** Everything that changes a log. Appends, rolls and truncations take their turn in one line; the rest goes beside it. */
export class WriteSide {
  /** Since the log was opened. */
  public readonly counters: { appendedBytes: number; appendedRecords: number } = {
    appendedBytes: 0,
    appendedRecords: 0,
  };
  readonly #parts: WriteSideParts;
  readonly #queue: AppendQueue;
  readonly #commit: GroupCommit;
  readonly #writer: LogWriter;
  readonly #watermark: WatermarkKeeper;
  readonly #latency = new SyncLatency();
  readonly #cleaner: Cleaner;
  readonly #roller: Roller;
  #epoch: number;
  #poison: { readonly cause: unknown } | undefined;

  public constructor(parts: WriteSideParts) {
    const { components, settings, marks, tail, producers } = parts;
    const { clock } = components;
    const policy = components.syncPolicy();
    this.#parts = parts;
    this.#epoch = parts.epoch;
    this.#queue = new AppendQueue({
      settings,
      acknowledge: policy.acknowledge,
      wake: () => this.#writer.wake(),
    });
    this.#commit = newCommit(parts, policy, {
      onSynced: (durable, bytes, durationMs) => this.#onSynced(durable, bytes, durationMs),
      onFailed: (cause) => this.#fail(cause),
    });
    this.#writer = new LogWriter({
      settings,
      clock,
      buffers: components.writeBuffers,
      queue: this.#queue,
      encoder: newEncoder(parts, {
        epoch: () => this.#epoch,
        onTaken: (request) => this.#queue.taken(request),
      }),
      commit: this.#commit,
      marks,
      producers,
      breath: components.breath,
      preallocate: policy.acknowledge === 'synced',
      active: () => tail.active,
      roll: (reason) => this.#roller.makeRoom(reason),
      onWritten: ({ bytes, records, after }) => this.#onWritten({ bytes, records, logEnd: after.nextOffset }),
      poison: (cause) => this.#fail(cause),
    });
    this.#roller = new Roller({
      ...parts,
      commit: this.#commit,
      beside: policy.acknowledge === 'written' && components.ahead === undefined,
      requireHealthy: () => this.#requireHealthy(),
      fail: (cause) => this.#fail(cause),
      onFull: (cause) => this.#onFull(cause),
    });
    this.#watermark = newWatermark(parts, () => this.#epoch);
    this.#cleaner = new Cleaner({
      ...parts,
      requireHealthy: () => this.#requireHealthy(),
      forceSync: (upTo) => this.forceSync(upTo),
    });
  }

  public get queuedBytes(): number {
    return this.#queue.queuedBytes;
  }

  public get latency(): SyncLatency {
    return this.#latency;
  }

  public get maintenance(): LogMaintenance {
    return this.#cleaner;
  }

  public append(records: readonly RecordInput[], options: AppendOptions): Promise<AppendResult> {
    if (options.producer !== undefined) this.#expectProducer(options.producer, records);
    return this.#queue.append(records, options);
  }

  /** The way in for what is written ahead of this log. */
  public port(): LogPort {
    const placed = new PlacedWriter({
      ...this.#parts,
      commit: this.#commit,
      isBusy: () => this.#poison !== undefined || this.#writer.isBusy,
      exclusive: (step) => this.#queue.exclusive(step),
      roll: (reason) => this.#roller.makeRoom(reason),
      poison: (cause) => this.#fail(cause),
      onWritten: (written) => this.#onWritten(written),
    });
    return logPort(this.#parts, {
      place: (frame) => placed.place(frame),
      epoch: () => this.#epoch,
      forceSync: (upTo) => this.forceSync(upTo),
    });
  }

  public roll(): Promise<SealedSegment> {
    return this.#queue.exclusive(() => this.#roller.roll('forced'));
  }

  public truncateAfter(lastKept: number): Promise<void> {
    requireSafeInteger(lastKept, 'lastKept', { min: -1 });
    const cut = (): Promise<void> =>
      this.#cleaner.alone(() => this.#commit.alone(() => this.#truncate(lastKept)));
    return this.#queue.exclusive(() => (this.#roller.isSettled ? cut() : this.#roller.settled().then(cut)));
  }

  public deleteRecordsBefore(firstKept: number): Promise<void> {
    return this.#cleaner.deleteRecordsBefore(firstKept);
  }

  /** Syncs what lies below `upTo` as soon as it is written. */
  public forceSync(upTo: number): void {
    this.#commit.force(upTo);
    this.#roller.hurry();
  }

  /** Settles every append, then makes durable that nothing has to be scanned. */
  public async close(): Promise<void> {
    const drained = this.#queue.exclusive(() => this.#settle());
    this.#queue.close(closedError());
    await releaseAll([
      () => drained,
      () => this.#writer.stop(),
      () => {
        for (const request of this.#commit.stop()) request.reject(closedError());
      },
      () => this.#watermark.close(),
      () => this.#cleaner.close(),
      () => this.#roller.close(),
      () => this.#parts.tail.closeFiles(),
    ]);
  }

  #expectProducer(stamp: ProducerStamp, records: readonly RecordInput[]): void {
    requireStamps(this.#parts);
    requireProducerStamp(stamp, Math.max(1, records.length));
    prepareForProducers(this.#parts, this.#queue).catch((cause: unknown) => this.#fail(cause));
  }

  async #settle(): Promise<void> {
    const { tail, marks, manifest } = this.#parts;
    this.#requireHealthy();
    if (this.#isSettled()) return;
    try {
      await this.#roller.settled();
      await this.#commit.alone(async () => {
        const facts = await tail.active.settle();
        this.#commit.settle(facts.nextOffset);
        marks.advance({ durable: facts.nextOffset });
        await tail.active.open.index.flush(facts.endPosition).catch(() => undefined);
        await keepSnapshot(this.#parts, producerSnapshot(this.#parts, facts.nextOffset));
        await manifest.commit([
          { type: 'point', facts },
          { type: 'close', epoch: this.#epoch },
        ]);
      });
    } catch (cause) {
      this.#fail(cause);
      throw cause;
    }
  }

  /** Closed cleanly before, and nothing came since: the manifest and the file say already what a close would write. */
  #isSettled(): boolean {
    const { tail, manifest } = this.#parts;
    const { recoveryPoint, closedEpoch } = manifest.state;
    const { published } = tail.active;
    return (
      closedEpoch !== undefined &&
      this.counters.appendedBytes === 0 &&
      published.endPosition === recoveryPoint.endPosition
    );
  }

  async #truncate(lastKept: number): Promise<void> {
    this.#requireHealthy();
    const { marks, producers, truncations } = this.#parts;
    if (lastKept >= marks.now.logEnd - 1) return;
    try {
      await this.#answerAll();
      this.#epoch = await truncateLog(this.#parts, lastKept, this.#epoch);
    } catch (cause) {
      if (!UNDONE.some((code) => SeglogError.is(cause, code))) this.#fail(cause);
      throw cause;
    }
    const end = lastKept + 1;
    producers.truncateAfter(lastKept);
    this.#commit.reset(end);
    truncations.cut(end);
    marks.reset({ logStart: marks.now.logStart, durable: end, logEnd: end });
    this.#parts.components.observer.observe({
      type: 'truncated',
      log: this.#parts.components.name,
      lastKept,
    });
  }

  /** Who waits for a sync gets it: the records may be gone in a moment, and their waiters with them. */
  async #answerAll(): Promise<void> {
    const { tail, marks } = this.#parts;
    const { nextOffset } = tail.active.published;
    if (this.#commit.waiting.length === 0) return;
    await finalSync(() => tail.active.sync());
    this.#commit.settle(nextOffset);
    marks.advance({ durable: nextOffset });
  }

  #onWritten({ bytes, records, logEnd }: Written): void {
    this.counters.appendedBytes += bytes;
    this.counters.appendedRecords += records;
    const { observer, name } = this.#parts.components;
    observer.observe({ type: 'written', log: name, bytes, records, logEnd });
  }

  #onSynced(durable: number, bytes: number, durationMs: number): void {
    this.#latency.add(durationMs);
    this.#parts.marks.advance({ durable });
    this.#watermark.touch();
    this.#parts.components.observer.observe({
      type: 'synced',
      log: this.#parts.components.name,
      durable,
      bytes,
      durationMs,
    });
  }

  #onFull(cause: unknown): void {
    const left = this.#commit.letGo();
    const last = left.at(-1);
    if (last !== undefined) this.#commit.force(last.lastOffset + 1);
    rejectUnproven(left, cause);
    this.#parts.marks.refuse(cause);
  }

  #requireHealthy(): void {
    if (this.#poison !== undefined) throw poisonedError(this.#poison.cause);
  }

  /** Fail-stop: what is proven stays readable, everything else is refused until the log is opened again. */
  #fail(cause: unknown): void {
    if (this.#poison !== undefined) return;
    this.#poison = { cause };
    this.#writer.stop();
    rejectUnproven(this.#commit.stop(), cause);
    const error = poisonedError(cause);
    this.#queue.abandon(error);
    this.#parts.marks.end(error);
    this.#parts.components.observer.observe({ type: 'poisoned', log: this.#parts.components.name, cause });
  }
}

function poisonedError(cause: unknown): SeglogError {
  return new SeglogError(
    'LOG_POISONED',
    'an earlier failure left the log in doubt; close and open it again',
    {},
    { cause },
  );
}
