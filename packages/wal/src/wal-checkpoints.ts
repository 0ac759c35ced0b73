import { SeglogError, type WriteAheadLog } from '@seglog/core';
import { type AheadPartition, least } from './ahead-partition.js';

export interface CheckpointContext {
  readonly wal: WriteAheadLog;
  /** Bytes of writes after which a checkpoint is made. */
  readonly checkpointBytes: number;
  /** Bytes of writes that the write-ahead log may hold. */
  readonly maxWalBytes: number;
  /** Partitions of which one is synced at a time. */
  readonly maxConcurrent: number;
  /** Everything below is in its logs, synced or not, or its logs are poisoned. */
  applied(): number;
  partitions(): Iterable<AheadPartition>;
  /** First LSN that a log lacks which is no longer open. */
  kept(): number | undefined;
}

/**
 * Keeps the write-ahead log short while the engine runs: syncs the logs that writes went to, and lets go of what is in all
 * of them. What one log cannot take stays in the write-ahead log, and everything behind it.
 */
export class WalCheckpoints {
  readonly #context: CheckpointContext;
  /** Bytes of writes that were not let go, and of those since the last checkpoint began. */
  #heldBytes = 0;
  #newBytes = 0;
  #running: Promise<boolean> | undefined;

  public constructor(context: CheckpointContext) {
    this.#context = context;
  }

  /** A write is in its logs. */
  public applied(bytes: number): void {
    this.#heldBytes += bytes;
    this.#newBytes += bytes;
    // Who waits for room is told when it fails; a write that has room loses nothing.
    if (this.#newBytes >= this.#context.checkpointBytes) this.run().catch(() => undefined);
  }

  /** Undefined as long as there is room; else resolves when there is, and rejects with `STORAGE_FULL` when there is none. */
  public room(): Promise<void> | undefined {
    if (this.#heldBytes < this.#context.maxWalBytes) return undefined;
    return this.#makeRoom();
  }

  /** Makes a checkpoint, or waits for the one under way. False when a log that cannot be synced keeps it from letting go. */
  public run(): Promise<boolean> {
    this.#running ??= this.#checkpoint().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #makeRoom(): Promise<void> {
    if (await this.run()) return;
    const { maxWalBytes: maxBytes } = this.#context;
    const sentence =
      'the write-ahead log is at its bound, and a log that cannot be synced needs what is in it';
    throw new SeglogError('STORAGE_FULL', sentence, { bytes: this.#heldBytes, maxBytes });
  }

  async #checkpoint(): Promise<boolean> {
    const { wal, maxConcurrent } = this.#context;
    const upTo = this.#context.applied();
    const bytes = this.#heldBytes;
    this.#newBytes = 0;
    const lacked: (number | undefined)[] = [];
    const waiting = [...this.#context.partitions()].values();
    const work = async (): Promise<void> => {
      for (const partition of waiting) lacked.push(await partition.sync());
    };
    await Promise.all(Array.from({ length: maxConcurrent }, work));
    const lacking = lacked.reduce(least, this.#context.kept());
    const end = Math.min(upTo, lacking ?? upTo);
    if (end > wal.marks().start) await wal.release(end);
    if (end < upTo) return false;
    this.#heldBytes -= bytes;
    return true;
  }
}
