import {
  type AheadOfLog,
  type AppendResult,
  crc32c,
  type Log,
  type LogPort,
  type LogStats,
  requireKnownOptions,
  requireSafeInteger,
  SeglogError,
  type WalMarks,
  WriteBehindMemory,
  type WriterSession,
} from '@seglog/core';
import { AheadPartition, least } from './ahead-partition.js';
import { carriedTopicId, FORGET, type PartitionId } from './carried-write.js';
import { copyAside, notAside } from './copy-aside.js';
import { isWalLost, requireWal, WAL_DIRECTORY } from './lost-wal.js';
import { openWal, type WalParts } from './open-wal.js';
import type { SegmentedWriteAheadLog } from './segmented-write-ahead-log.js';
import { UnappliedRecords } from './unapplied-records.js';
import { WalCheckpoints } from './wal-checkpoints.js';
import { partitionKey, type ReplayContext, WalReplayer, type WalReplayReport } from './wal-replay.js';
import { WAL_SETTING_NAMES, type WalSettings, walSettings } from './wal-settings.js';
import type { AheadRequest } from './write.js';
import { WriteLine } from './write-line.js';

const MiB = 1024 * 1024;

/** Numbers and choices of an engine's write-ahead log. */
export interface WriteAheadSettings extends WalSettings {
  /** Bytes of writes that the write-ahead log may hold; at most twice its segments more lie on the disk. Default 1 GiB. */
  readonly maxWalBytes: number;
  /** Bytes of writes after which logs are synced and the write-ahead log lets go. Default 256 MiB, or a quarter of the bound. */
  readonly checkpointBytes: number;
  /** Bytes that a partition collects in memory before it writes them. Default 64 KiB. */
  readonly tailBytes: number;
  /** Bytes that all partitions together collect, and as many on their way to the disk. Default 64 MiB. */
  readonly maxTailBytes: number;
}

const SETTING_NAMES: readonly (keyof WriteAheadSettings)[] = [
  'maxWalBytes',
  'checkpointBytes',
  'tailBytes',
  'maxTailBytes',
  ...WAL_SETTING_NAMES,
];

/** Fills in the defaults. Throws as {@link walSettings} does. */
export function writeAheadSettings(given: Partial<WriteAheadSettings> = {}): WriteAheadSettings {
  requireKnownOptions(given, SETTING_NAMES);
  const { maxWalBytes = 1024 * MiB, checkpointBytes = Math.ceil(maxWalBytes / 4), ...tails } = given;
  const { tailBytes = 64 * 1024, maxTailBytes = 64 * MiB, ...wal } = tails;
  requireSafeInteger(maxWalBytes, 'maxWalBytes', { min: 1 });
  requireSafeInteger(checkpointBytes, 'checkpointBytes', { min: 1 });
  requireSafeInteger(tailBytes, 'tailBytes', { min: 1 });
  requireSafeInteger(maxTailBytes, 'maxTailBytes', { min: 1 });
  return { ...walSettings(wal), maxWalBytes, checkpointBytes, tailBytes, maxTailBytes };
}

export interface WriteAheadParts extends WalParts {
  readonly settings: Partial<WriteAheadSettings>;
  /** Is told when writes may go ahead of the logs, and when none does any more. */
  readonly session: Pick<WriterSession, 'noteAhead' | 'endAhead'>;
}

/**
 * The write-ahead log of an engine: one sync acknowledges writes to any number of partitions, which become visible together.
 * `replay` before anything is written, and `close` when every log is closed.
 */
export class WriteAhead {
  readonly #parts: WriteAheadParts;
  readonly #settings: WriteAheadSettings;
  readonly #wal: SegmentedWriteAheadLog;
  readonly #line: WriteLine;
  readonly #checkpoints: WalCheckpoints;
  readonly #writeBehind: WriteBehindMemory;
  readonly #partitions = new Set<AheadPartition>();
  /** First LSN that a log lacks which is closed, by topic. */
  readonly #kept = new Map<string, number>();
  readonly #forgotten = new Set<string>();
  /** It was not there, and should have been. */
  readonly #lost: boolean;
  #waiting: ReadonlySet<string> = new Set();
  #keptFrom: number | undefined;
  #applied = 0;
  /** Before a replay has come to its end nothing is let go. */
  #replayed = false;

  private constructor(
    parts: WriteAheadParts,
    { settings, wal, lost }: { settings: WriteAheadSettings; wal: SegmentedWriteAheadLog; lost: boolean },
  ) {
    this.#parts = parts;
    this.#settings = settings;
    this.#wal = wal;
    this.#lost = lost;
    this.#writeBehind = new WriteBehindMemory({
      fileBytes: settings.tailBytes,
      maxBytes: settings.maxTailBytes,
    });
    this.#checkpoints = new WalCheckpoints({
      ...settings,
      wal,
      maxConcurrent: 8,
      applied: () => this.#applied,
      partitions: () => this.#partitions,
      kept: () => this.#lacking(),
    });
    this.#line = new WriteLine({
      clock: parts.components.clock,
      maxWriteBytes: settings.maxRecordBytes,
      convoyBytes: settings.pieceBytes,
      maxQueuedBytes: settings.maxQueuedBytes,
      append: (payload, options) => wal.append(payload, options),
      room: () => this.#checkpoints.room(),
      onApplied: ({ nextLsn }, bytes) => {
        this.#applied = nextLsn;
        this.#checkpoints.applied(bytes);
      },
      left: (partition, kept) => this.#left(partition, kept),
    });
  }

  /**
   * Recovers the write-ahead log of a data root, or makes it. Rejects as the opening of every log does, and as
   * {@link requireWal} does.
   */
  public static async open(parts: WriteAheadParts): Promise<WriteAhead> {
    const { root, components, session } = parts;
    const settings = writeAheadSettings(parts.settings);
    const { onCorruption } = settings;
    await requireWal(root, { checksum: crc32c(), onCorruption });
    const lost = await isWalLost(root, crc32c());
    const file = WAL_DIRECTORY;
    if (lost) components.observer.observe({ type: 'corruption', log: file, file, position: 0, offset: 0 });
    const wal = await openWal(parts, WAL_DIRECTORY, walPart(settings));
    await session.noteAhead();
    return new WriteAhead(parts, { settings, wal, lost });
  }

  /** What stands before the log of a partition. */
  public partition(id: PartitionId): AheadOfLog {
    return { writeBehind: this.#writeBehind, attach: (port) => this.#attach(id, port) };
  }

  /** One write to several partitions, of which each is named once: durable and visible in all of them, or in none. */
  public write(requests: readonly AheadRequest[]): Promise<readonly AppendResult[]> {
    return this.#line.write(requests);
  }

  /**
   * Brings what the last session left to the logs that `find` opens; undefined for a partition that is not there, a
   * rejection for one that cannot be opened now, whose records stay.
   */
  public async replay(find: (id: PartitionId) => Promise<Log | undefined>): Promise<WalReplayReport> {
    const { clock } = this.#parts.components;
    const startedMs = clock.monotonicMs();
    const aside = new UnappliedRecords(this.#parts, walPart(this.#settings));
    const replayer = new WalReplayer({
      wal: this.#wal,
      salvage: this.#settings.onCorruption !== 'fail',
      find: remembering(find),
      quarantine: (record) => aside.keep(record),
    });
    try {
      const found = await replayer.run();
      const copy = await this.#keepDamaged(found.gaps);
      this.#waiting = replayer.waiting;
      this.#keptFrom = replayer.keptFrom;
      this.#applied = this.#wal.marks().durable;
      this.#replayed = true;
      await this.#checkpoints.run();
      const durationMs = clock.monotonicMs() - startedMs;
      return { ...found, lost: this.#lost, copy, durationMs };
    } finally {
      await aside.close();
    }
  }

  /** Syncs the logs that writes went to, and lets go of what is in all of them. False when one of them cannot be synced. */
  public checkpoint(): Promise<boolean> {
    return this.#checkpoints.run();
  }

  /** A topic is about to be deleted: what it leaves in the write-ahead log belongs to nobody afterwards. */
  public async forget(topicId: string): Promise<void> {
    await this.#wal.append(carriedTopicId(topicId), { kind: FORGET });
    this.#forgotten.add(topicId);
    this.#kept.delete(topicId);
  }

  public marks(): WalMarks {
    return this.#wal.marks();
  }

  public stats(): LogStats {
    return this.#wal.stats();
  }

  /** Lets go of everything, unless a log lacks it, and closes the write-ahead log. */
  public async close(): Promise<void> {
    try {
      if (this.#partitions.size > 0 || !this.#replayed) return;
      // A link that came later would be the one thing that is left.
      await this.#wal.whenLinked();
      const { start, durable } = this.#wal.marks();
      const end = Math.min(durable, this.#lacking() ?? durable);
      if (end > start) await this.#wal.release(end);
      if (end === durable) this.#parts.session.endAhead();
    } finally {
      await this.#wal.close();
    }
  }

  /** What a replay could not read goes with its segments at the next checkpoint: they are copied before. */
  async #keepDamaged(gaps: WalReplayReport['gaps']): Promise<string | undefined> {
    const { root } = this.#parts;
    const files = await notAside(root, WAL_DIRECTORY, this.#wal.damagedFiles(gaps));
    return files.length === 0 ? undefined : copyAside(root, WAL_DIRECTORY, files);
  }

  #attach(id: PartitionId, port: LogPort): AheadPartition {
    if (!port.codec.guarantees.atomicBatch) {
      const sentence = 'a write-ahead log needs a frame codec that keeps batches whole; use the batch codec';
      throw new SeglogError('COMPOSITION', sentence, { codec: port.codec.name });
    }
    if (this.#waiting.has(partitionKey(id))) {
      const sentence =
        'records of the write-ahead log wait for this partition; close and open the engine again';
      throw new SeglogError('LOG_POISONED', sentence, { log: port.name });
    }
    const partition = new AheadPartition(id, port, this.#line);
    this.#partitions.add(partition);
    return partition;
  }

  #left(partition: AheadPartition, kept: number | undefined): void {
    this.#partitions.delete(partition);
    const { topicId } = partition.id;
    if (kept === undefined || this.#forgotten.has(topicId)) return;
    this.#kept.set(topicId, least(this.#kept.get(topicId), kept) ?? kept);
  }

  #lacking(): number | undefined {
    return [...this.#kept.values()].reduce(least, this.#keptFrom);
  }
}

/** Each partition is asked for once in a replay. */
function remembering(find: (id: PartitionId) => Promise<Log | undefined>): ReplayContext['find'] {
  const found = new Map<string, AheadPartition | 'unknown' | 'offline'>();
  return async (id) => {
    const key = partitionKey(id);
    const known = found.get(key);
    if (known !== undefined) return known;
    const answer = await find(id).then(
      (log) => (log === undefined ? 'unknown' : log.ahead instanceof AheadPartition ? log.ahead : 'offline'),
      () => 'offline' as const,
    );
    found.set(key, answer);
    return answer;
  };
}

function walPart(settings: WriteAheadSettings): Partial<WalSettings> {
  const { maxWalBytes: _, checkpointBytes: __, tailBytes: ___, maxTailBytes: ____, ...rest } = settings;
  return rest;
}
