import type { LogStats } from './partition-log.js';
import type { SealedSegment } from './segment-facts.js';

/** Where a record of a write-ahead log lies: `[lsn, nextLsn)`. A long record takes more than one number. */
export interface WalPosition {
  readonly lsn: number;
  readonly nextLsn: number;
}

/** A record as it is replayed: a copy that the visitor owns. */
export interface WalRecord extends WalPosition {
  /** As it was given to `append`. */
  readonly kind: number;
  readonly payload: Uint8Array;
}

/** `start <= durable <= end`. */
export interface WalMarks {
  /** First LSN that a replay visits: everything below was released. */
  readonly start: number;
  /** Everything below is on stable storage. */
  readonly durable: number;
  /** LSN that the next record gets. */
  readonly end: number;
}

/** What a replay met. */
export interface WalReplay {
  /** Whole records that were visited. */
  readonly records: number;
  /** Records of which only some pieces are there: nobody was ever told that they are durable. */
  readonly incomplete: number;
  /** LSNs `[from, to)` that damage took. Only a log that was opened to salvage has any; others reject. */
  readonly gaps: readonly { readonly from: number; readonly to: number }[];
}

/**
 * One log in front of many others: what is in it is durable, wherever else it belongs.
 *
 * An **LSN** numbers what is written, from 0, and rises for the life of the directory: closing, reopening and releasing
 * everything never start it again. The order of records is the order of the calls. A record is found whole or not at all
 * after every crash, however long it is.
 *
 * A failed sync poisons the log: appends not proven durable reject with `APPEND_UNKNOWN`, later ones with `LOG_POISONED`,
 * until it is closed and opened again. A full disk (`STORAGE_FULL`) leaves no trace of the record and lets the log go on;
 * whatever was appended behind it before it settled is refused with it, so that no record overtakes a refused one. Nothing is released but by `release`; `close` releases nothing.
 *
 * All methods may run concurrently; a replay shows the records that were durable when it began. After `close` every call
 * rejects with `LOG_CLOSED`.
 */
export interface WriteAheadLog extends AsyncDisposable {
  /**
   * Adds one record; it is durable when the call resolves. The payload is borrowed until then. `RECORD_TOO_LARGE` changes
   * nothing; so does a `RangeError` for a kind that is no integer from 0 to 255, which means to its user what it likes.
   */
  append(payload: Uint8Array, options?: { readonly kind?: number | undefined }): Promise<WalPosition>;

  /**
   * Visits every durable record from `start` on, in order, one at a time: a promise that `visit` returns is awaited, so
   * that memory is bounded by the longest record and not by the log. Rejects with what `visit` throws, and with
   * `CORRUPT_SEGMENT` at damage unless the log was opened to salvage.
   */
  replay(visit: (record: WalRecord) => unknown): Promise<WalReplay>;

  /**
   * Lets go of every record that ends at or below `lsn`, at most `durable` (else `OFFSET_OUT_OF_RANGE`), durably before it
   * resolves: none of them is replayed again. Their files go as soon as they hold nothing else.
   */
  release(lsn: number): Promise<void>;

  /** Seals the active segment and starts the next one, linked to it. */
  roll(): Promise<SealedSegment>;

  marks(): WalMarks;

  stats(): LogStats;

  /** Settles every append, makes everything durable, notes that nothing has to be scanned. Idempotent. */
  close(): Promise<void>;
}
