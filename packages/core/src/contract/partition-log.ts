import type { RecordCursor } from './frame-codec.js';
import type { ProducerStamp, RecordInput, StoredRecord } from './record.js';
import type { SealedSegment } from './segment-facts.js';
import type { Acknowledge } from './sync-policy.js';

/**
 * The marks of a log, published as one immutable value. `logStart <= highWatermark <= logEnd` and `durable <= logEnd`.
 */
export interface LogOffsets {
  /** First offset that can be read. */
  readonly logStart: number;
  /** Up to here (exclusive) records are visible by default: `durable` if the policy acknowledges `synced`, else `logEnd`. */
  readonly highWatermark: number;
  /** Every record below is on stable storage. */
  readonly durable: number;
  /** Offset that the next record will get. */
  readonly logEnd: number;
}

/** Which records a reader sees: all that are written, or only those that a power cut cannot take back. */
export type Isolation = 'uncommitted' | 'durable';

/** What one append asks for beyond its records. */
export interface AppendOptions {
  /** The append happens only if the log ends exactly here; otherwise `WRONG_EXPECTED_OFFSET`. */
  readonly expectedOffset?: number | undefined;
  /** Makes the append idempotent. A duplicate resolves with the original offsets. */
  readonly producer?: ProducerStamp | undefined;
  /** Default: what the sync policy says. */
  readonly acknowledge?: Acknowledge | undefined;
  /** When the queue is full: wait in line (default), or reject with `QUEUE_FULL`. */
  readonly whenFull?: 'wait' | 'reject' | undefined;
  /** Takes the append back while it is still waiting in line; from then on it is ignored. */
  readonly signal?: AbortSignal | undefined;
}

/** Where the records of an append are. */
export interface AppendResult {
  readonly baseOffset: number;
  readonly lastOffset: number;
  /** What the resolved promise stands for. */
  readonly durability: Acknowledge;
  /** True when a producer's stamp showed that the records were there already. */
  readonly duplicate: boolean;
}

/** Bounds of one read. */
export interface ReadOptions {
  /** Most records to return; default 1,000, at least 1. */
  readonly maxRecords?: number | undefined;
  /** Stops before the payload exceeds this; default 1 MiB. At least one record is returned whatever its size. */
  readonly maxBytes?: number | undefined;
  /** Default: `durable` if the policy acknowledges `synced`, else `uncommitted`. */
  readonly isolation?: Isolation | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Offsets `[from, to)` that hold no record, and why. */
export interface ReadGap {
  readonly from: number;
  readonly to: number;
  readonly reason: 'compacted' | 'deleted' | 'lost';
}

/** What one read found. */
export interface ReadResult {
  /** In offset order. Copies: the caller owns them. */
  readonly records: readonly StoredRecord[];
  /** Where to read on. */
  readonly nextOffset: number;
  /** Holes between the offset asked for and `nextOffset`. */
  readonly gaps: readonly ReadGap[];
}

/** Bounds of a scan. */
export interface ScanOptions {
  /** Stop before this offset; default: the end by isolation, as of the start of the scan. */
  readonly to?: number | undefined;
  readonly isolation?: Isolation | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How a log is followed. */
export interface TailOptions {
  readonly isolation?: Isolation | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Times of syncs in milliseconds: `counts[i]` syncs took less than `boundsMs[i]`, and not less than the bound before. */
export interface LatencyHistogram {
  /** Ascending; the last one is Infinity. */
  readonly boundsMs: readonly number[];
  readonly counts: readonly number[];
}

/** Numbers of a log as of now. */
export interface LogStats {
  /** Bytes of frames in all segments. */
  readonly bytes: number;
  readonly records: number;
  readonly segments: number;
  /** Written since the log was opened. */
  readonly appendedBytes: number;
  readonly appendedRecords: number;
  readonly syncs: number;
  readonly syncLatency: LatencyHistogram;
  /** `logEnd - durable`: records that a power cut would take back. */
  readonly durableLag: number;
  readonly queuedBytes: number;
  /** Descriptors and maps held by the log's directory, shared ones included. */
  readonly descriptors: number;
}

/**
 * One partition: an ordered, append-only row of records, addressed by offset. The boundary that topics, producers and
 * consumers stand on.
 *
 * Offsets are safe integers (else `RangeError`). Every wait takes an `AbortSignal`; an aborted wait rejects with the
 * signal's reason. After `close`, every call rejects with `LOG_CLOSED`. All methods may run concurrently.
 */
export interface PartitionLog extends AsyncDisposable {
  /**
   * Adds records in one step, all or none, at consecutive offsets. Appends are ordered as called. The records' bytes are
   * borrowed until the promise settles, the array is not. Rejected before a byte is written: an empty or oversize batch, a key that is
   * missing where keys are needed, a wrong `expectedOffset`, a stale producer. `STORAGE_FULL` leaves no trace.
   * `APPEND_UNKNOWN` and then `LOG_POISONED` follow a failed sync. `APPEND_UNKNOWN` caused by `STORAGE_FULL` is an append that
   * was to be durable, and is written: the log goes on, and makes it durable when there is room.
   */
  append(records: readonly RecordInput[], options?: AppendOptions): Promise<AppendResult>;

  /**
   * The first records at or after `from`, across segments. Empty at the end of what is visible; below `logStart` or
   * beyond the end `OFFSET_OUT_OF_RANGE`. Reads joined by `nextOffset`, of whatever sizes, give the whole log.
   */
  read(from: number, options?: ReadOptions): Promise<ReadResult>;

  /**
   * Lends every visible record from `from` on to `visit`, in order, without a copy: the fast path. What the cursor lends
   * is valid until `visit` returns, and must not be written to. Returning false stops; a scan that stops at its first record
   * reads little more than that record, once its frame is known. Resolves with the offset to go on from.
   */
  scan(from: number, visit: (cursor: RecordCursor) => unknown, options?: ScanOptions): Promise<number>;

  /**
   * Every record from `from` on and then each new one as it becomes visible, until aborted, left or closed. Woken by
   * appends, never by a timer. Ends quietly when the log is closed; an aborted one rejects with the signal's reason.
   * If records that it has shown were lost by a crash or `truncateAfter`, it rejects with `OFFSET_OUT_OF_RANGE`.
   */
  tail(from: number | 'earliest' | 'latest', options?: TailOptions): AsyncIterable<StoredRecord>;

  /** The marks as of now; an immutable value. */
  offsets(): LogOffsets;

  /** The lowest visible offset whose timestamp is at or above `timestampMs`, timestamps in any order; undefined if none. */
  offsetForTimestamp(
    timestampMs: number,
    options?: { readonly isolation?: Isolation | undefined },
  ): Promise<number | undefined>;

  /**
   * Resolves when every record below `offset` is durable; asks for a sync if none is due. For records that are still to
   * come it waits. A truncation that takes records below `offset` away meanwhile resolves it as well: what it leaves is
   * durable.
   */
  whenDurable(offset: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<void>;

  /** Raises `logStart` to `firstKept` (at most the high watermark), durably before it resolves. Files go later. */
  deleteRecordsBefore(firstKept: number): Promise<void>;

  /** Removes every record above `lastKept` (from `logStart - 1`, which keeps none, to `logEnd - 1`), durably. Raises the epoch. */
  truncateAfter(lastKept: number): Promise<void>;

  /** Seals the active segment and starts the next one; both durable when it resolves. */
  roll(): Promise<SealedSegment>;

  /** Everything written before the call is durable when it resolves, but for what was truncated meanwhile. */
  sync(): Promise<void>;

  stats(): LogStats;

  /** Settles every append, makes everything durable, marks the log as cleanly closed. Idempotent. Rejects if that failed. */
  close(): Promise<void>;
}
