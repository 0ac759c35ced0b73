import { SeglogError } from '../contract/error.js';
import type { RecordCursor } from '../contract/frame-codec.js';
import type {
  AppendOptions,
  AppendResult,
  LogOffsets,
  LogStats,
  PartitionLog,
  ReadOptions,
  ReadResult,
  ScanOptions,
  TailOptions,
} from '../contract/partition-log.js';
import type { RecordInput, StoredRecord } from '../contract/record.js';
import type { SealedSegment } from '../contract/segment-facts.js';

/** A partition as it is lent to users: closing it gives the handle back and leaves the log, which the engine owns, open. */
export class PartitionHandle implements PartitionLog {
  readonly #log: PartitionLog;
  readonly #needsKeys: () => boolean;
  #released = false;

  /** `needsKeys` is asked at each append: a topic may begin or cease to compact. */
  public constructor(log: PartitionLog, needsKeys: () => boolean = () => false) {
    this.#log = log;
    this.#needsKeys = needsKeys;
  }

  /** Like `read` not an async function: that would be a second promise for each call. */
  public append(records: readonly RecordInput[], options?: AppendOptions): Promise<AppendResult> {
    try {
      const log = this.#held();
      if (this.#needsKeys() && Array.isArray(records)) requireKeys(records);
      return log.append(records, options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  public read(from: number, options?: ReadOptions): Promise<ReadResult> {
    try {
      return this.#held().read(from, options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  public async scan(
    from: number,
    visit: (cursor: RecordCursor) => unknown,
    options?: ScanOptions,
  ): Promise<number> {
    return this.#held().scan(from, visit, options);
  }

  public tail(from: number | 'earliest' | 'latest', options?: TailOptions): AsyncIterable<StoredRecord> {
    return this.#held().tail(from, options);
  }

  public offsets(): LogOffsets {
    return this.#held().offsets();
  }

  public async offsetForTimestamp(
    timestampMs: number,
    options?: { readonly isolation?: 'uncommitted' | 'durable' | undefined },
  ): Promise<number | undefined> {
    return this.#held().offsetForTimestamp(timestampMs, options);
  }

  public async whenDurable(
    offset: number,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<void> {
    return this.#held().whenDurable(offset, options);
  }

  public async deleteRecordsBefore(firstKept: number): Promise<void> {
    return this.#held().deleteRecordsBefore(firstKept);
  }

  public async truncateAfter(lastKept: number): Promise<void> {
    return this.#held().truncateAfter(lastKept);
  }

  public async roll(): Promise<SealedSegment> {
    return this.#held().roll();
  }

  public async sync(): Promise<void> {
    return this.#held().sync();
  }

  public stats(): LogStats {
    return this.#held().stats();
  }

  /** Releases the handle, after which every call on it rejects with `LOG_CLOSED`. Calls under way go on. */
  public async close(): Promise<void> {
    this.#released = true;
  }

  public [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #held(): PartitionLog {
    if (this.#released) throw new SeglogError('LOG_CLOSED', 'the handle of the partition was released');
    return this.#log;
  }
}

function requireKeys(records: readonly RecordInput[]): void {
  const index = records.findIndex((record) => record?.key === undefined || record.key === null);
  if (index === -1) return;
  throw new SeglogError('INVALID_RECORD', 'the topic compacts, so every record needs a key', { index });
}
