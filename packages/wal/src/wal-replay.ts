import { SeglogError, type WalRecord, type WriteAheadLog } from '@seglog/core';
import type { AheadPartition } from './ahead-partition.js';
import {
  FORGET,
  type FoundPart,
  foundTopicId,
  foundWrite,
  type PartitionId,
  WRITE,
} from './carried-write.js';

/** What a replay found and did. */
export interface WalReplayReport {
  /** Parts of writes, one for each partition of each. */
  readonly applied: number;
  /** Parts that their logs had, or had given up by a truncation. */
  readonly skipped: number;
  /** Parts of topics that were deleted after they were written. */
  readonly deleted: number;
  /** Parts that no partition could take: kept in `wal-unapplied/`. */
  readonly quarantined: number;
  /** Parts whose partition cannot be opened or written now: they stay in the write-ahead log. */
  readonly waiting: number;
  /** LSNs that damage took; empty unless the engine was opened to salvage. */
  readonly gaps: readonly { readonly from: number; readonly to: number }[];
  /** The write-ahead log was gone, with what only it held; true only when the engine was opened to live with damage. */
  readonly lost: boolean;
  /** Where damaged segments were copied to before they are let go of; undefined when there is nothing new to keep. */
  readonly copy: string | undefined;
  readonly durationMs: number;
}

export interface ReplayContext {
  readonly wal: WriteAheadLog;
  /** Parts that do not follow what their logs hold are an error, or go to quarantine. */
  readonly salvage: boolean;
  /** The partition, opened; `unknown` when there is none of that name, `offline` when it cannot take anything now. */
  find(id: PartitionId): Promise<AheadPartition | 'unknown' | 'offline'>;
  /** Keeps a record that cannot be applied, durably. */
  quarantine(record: WalRecord): Promise<void>;
}

/** Bytes that are handed to logs before they are waited for. */
const IN_FLIGHT_BYTES = 4 * 1024 * 1024;

/**
 * Brings what the write-ahead log holds to the logs that lack it. Offsets and epochs tell what a log has and what it gave
 * up, so that any number of replays, each cut short anywhere, come to the same logs.
 */
export class WalReplayer {
  readonly #context: ReplayContext;
  readonly #forgotten = new Set<string>();
  /** Parts of topics that are not there, by topic. */
  readonly #strange = new Map<string, number>();
  readonly #waiting = new Set<string>();
  readonly #counts = { applied: 0, skipped: 0, deleted: 0, quarantined: 0, waiting: 0 };
  #inFlight: Promise<void>[] = [];
  #inFlightBytes = 0;
  #keptFrom: number | undefined;
  /** The record that was kept aside last: once, whatever of it could not be taken. */
  #asideLsn: number | undefined;

  public constructor(context: ReplayContext) {
    this.#context = context;
  }

  /** First LSN that must stay, because a partition could not take it. */
  public get keptFrom(): number | undefined {
    return this.#keptFrom;
  }

  /** Partitions, by {@link partitionKey}, that must not be opened before the next replay: records of theirs wait. */
  public get waiting(): ReadonlySet<string> {
    return this.#waiting;
  }

  public async run(): Promise<Omit<WalReplayReport, 'lost' | 'copy' | 'durationMs'>> {
    const { gaps } = await this.#context.wal.replay((record) => this.#visit(record));
    await this.#landed();
    await this.#judgeStrange();
    return { ...this.#counts, gaps };
  }

  async #visit(record: WalRecord): Promise<void> {
    if (record.kind === FORGET) {
      this.#forgotten.add(foundTopicId(record.payload));
      return;
    }
    for (const part of partsOf(record)) await this.#apply(part, record);
    this.#inFlightBytes += record.payload.length;
    if (this.#inFlightBytes >= IN_FLIGHT_BYTES) await this.#landed();
  }

  async #apply(part: FoundPart, record: WalRecord): Promise<void> {
    const found = await this.#context.find(part);
    if (found === 'unknown') {
      this.#strange.set(part.topicId, (this.#strange.get(part.topicId) ?? 0) + 1);
    } else if (found === 'offline') {
      this.#counts.waiting += 1;
      this.#waiting.add(partitionKey(part));
      this.#keptFrom ??= record.lsn;
    } else {
      const { fate, written } = found.replay(part, record.lsn);
      if (fate === 'gap') await this.#stopOrSalvage(part, record);
      else if (fate === 'there') this.#counts.skipped += 1;
      else this.#counts.applied += 1;
      if (written !== undefined) this.#inFlight.push(written);
    }
  }

  /** Records before this one are missing: it is never put where they belong. */
  async #stopOrSalvage({ topicId, partition, baseOffset }: FoundPart, record: WalRecord): Promise<void> {
    if (!this.#context.salvage) {
      const sentence = 'the write-ahead log does not follow what a log holds: records between them are lost';
      throw new SeglogError('WAL_GAP', sentence, { topicId, partition, baseOffset, lsn: record.lsn });
    }
    if (this.#asideLsn !== record.lsn) await this.#context.quarantine(record);
    this.#asideLsn = record.lsn;
    this.#counts.quarantined += 1;
  }

  async #landed(): Promise<void> {
    const inFlight = this.#inFlight;
    this.#inFlight = [];
    this.#inFlightBytes = 0;
    const settled = await Promise.allSettled(inFlight);
    for (const result of settled) if (result.status === 'rejected') throw result.reason;
  }

  /** What a topic left that was deleted may go; what belongs to nothing that ever was known is kept aside. */
  async #judgeStrange(): Promise<void> {
    const unknown = new Set<string>();
    for (const [topicId, parts] of this.#strange) {
      if (this.#forgotten.has(topicId)) this.#counts.deleted += parts;
      else {
        this.#counts.quarantined += parts;
        unknown.add(topicId);
      }
    }
    if (unknown.size === 0) return;
    await this.#context.wal.replay(async (record) => {
      if (record.kind === FORGET) return;
      if (partsOf(record).some(({ topicId }) => unknown.has(topicId))) await this.#context.quarantine(record);
    });
  }
}

export function partitionKey({ topicId, partition }: PartitionId): string {
  return `${topicId}/${partition}`;
}

function partsOf({ kind, lsn, payload }: WalRecord): readonly FoundPart[] {
  if (kind === WRITE) return foundWrite(payload);
  const sentence = 'the write-ahead log holds what this version does not know; open it with a newer one';
  throw new SeglogError('UNSUPPORTED_FORMAT', sentence, { lsn, kind });
}
