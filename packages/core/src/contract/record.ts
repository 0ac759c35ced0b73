/** A named value beside a record's payload. Names are not unique; their order is kept. */
export interface RecordHeader {
  /** UTF-8, at most 32,767 bytes. */
  readonly name: string;
  readonly value: Uint8Array;
}

/**
 * A record as it is given to `append`. The bytes are borrowed until the append settles: changing them earlier changes
 * what is stored. A null value is a tombstone: it deletes its key when the log is compacted.
 */
export interface RecordInput {
  readonly key?: Uint8Array | null | undefined;
  readonly value: Uint8Array | null;
  readonly headers?: readonly RecordHeader[] | undefined;
  /** Milliseconds since 1970, an integer in [0, 2^53). Default: the time of the append, by the log's clock. */
  readonly timestampMs?: number | undefined;
}

/** The headers of a record that has none. */
export const NO_HEADERS: readonly RecordHeader[] = Object.freeze([]);

/** A record as it is returned by `read` and `tail`: a copy that the caller owns. Records may share the memory of their copies. */
export interface StoredRecord {
  /** Its number in the partition: dense when appended, never changed afterwards. */
  readonly offset: number;
  readonly timestampMs: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly RecordHeader[];
}

/**
 * Who sent a batch, for exactly-once appends. Sequences number the records of one producer in one partition, from 0,
 * without holes; a batch carries the sequence of its first record.
 */
export interface ProducerStamp {
  /** 1 to 128 bytes of UTF-8, chosen by the producer and stable over its restarts. */
  readonly id: string;
  /** Integer in [0, 2^32). A higher one fences every lower one. */
  readonly epoch: number;
  /** Integer in [0, 2^53). */
  readonly sequence: number;
}

/**
 * What a codec turns into one frame. Its owner reuses the object and its arrays between frames: read it, never keep it.
 */
export interface RecordBatch {
  /** At least `count` records; those beyond `count` belong to an earlier batch. */
  readonly records: readonly RecordInput[];
  /** Number of records, 1 to the codec's `maxRecordsPerFrame`. */
  readonly count: number;
  /** Offset of the first record. */
  readonly baseOffset: number;
  /** Strictly ascending, one per record, starting with `baseOffset`; absent when record `i` has `baseOffset + i`. */
  readonly offsets: readonly number[] | undefined;
  /** Writer epoch under which the records were appended; u32, never falls along a log. */
  readonly epoch: number;
  /** When the records were appended; also the timestamp of records that bring none. */
  readonly appendTimeMs: number;
  /** Lowest and highest timestamp of the records, append time included where it stands in. */
  readonly minTimestampMs: number;
  readonly maxTimestampMs: number;
  /** Number of records with a null value. */
  readonly tombstones: number;
  /** Every record below this offset was synced when the frame was built. */
  readonly stableUpTo: number;
  readonly producer: ProducerStamp | undefined;
}

/** Bytes of key, value and headers together: what `maxRecordBytes` and retention by size count. */
export function payloadBytes(record: RecordInput): number {
  let bytes = record.value === null ? 0 : record.value.length;
  if (record.key !== undefined && record.key !== null) bytes += record.key.length;
  if (record.headers !== undefined) {
    for (const header of record.headers) bytes += header.name.length + header.value.length;
  }
  return bytes;
}
