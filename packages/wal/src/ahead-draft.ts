import {
  type Acknowledge,
  type AppendOptions,
  type AppendResult,
  type LogPort,
  type RecordBatch,
  type RecordInput,
  type RecordsMeasure,
  requireOneOf,
  requireSafeInteger,
  SeglogError,
} from '@seglog/core';
import type { AheadPartition } from './ahead-partition.js';
import { carriedBytes, MAX_CARRIED_RECORDS } from './carried-write.js';

/** Where the writes of all partitions stand in one line. */
export interface AheadLine {
  write(requests: readonly AheadRequest[]): Promise<readonly AppendResult[]>;
  /** The log was closed; `kept` is the first LSN that it may not have, undefined when it has all. */
  left(partition: AheadPartition, kept: number | undefined): void;
}

/** What a write asks of one partition. */
export interface AheadRequest {
  readonly partition: AheadPartition;
  readonly records: readonly RecordInput[];
  readonly options: AppendOptions;
}

/** Records with their offsets, before anything has changed. */
export interface Draft {
  readonly partition: AheadPartition;
  readonly records: readonly RecordInput[];
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly producer: AppendOptions['producer'];
  readonly acknowledge: Acknowledge;
  readonly appendTimeMs: number;
  /** Undefined when the producer's stamp showed that the records are there. */
  readonly frame: DraftFrame | undefined;
}

/** A frame that is not yet encoded. */
export interface DraftFrame {
  readonly batch: RecordBatch;
  readonly frameBytes: number;
}

/** What becomes one frame. */
export interface FrameContent
  extends Pick<RecordBatch, 'records' | 'baseOffset' | 'epoch' | 'appendTimeMs' | 'producer'> {
  readonly measure: RecordsMeasure;
}

/** The frame as the write-ahead log carries it. `RECORD_TOO_LARGE` for one that the log of the partition could not take. */
export function frameOf(port: LogPort, content: FrameContent): DraftFrame {
  const { records, measure, baseOffset, epoch, producer, appendTimeMs } = content;
  const maxRecords = Math.min(port.codec.maxRecordsPerFrame, MAX_CARRIED_RECORDS);
  if (records.length > maxRecords) {
    const facts = { records: records.length, maxRecords };
    throw new SeglogError('RECORD_TOO_LARGE', 'an append holds more records than a frame can', facts);
  }
  const { untimed, minTimestampMs, maxTimestampMs, tombstones } = measure;
  const batch: RecordBatch = {
    records,
    count: records.length,
    baseOffset,
    offsets: undefined,
    epoch,
    appendTimeMs,
    minTimestampMs: untimed ? Math.min(minTimestampMs, appendTimeMs) : minTimestampMs,
    maxTimestampMs: untimed ? Math.max(maxTimestampMs, appendTimeMs) : maxTimestampMs,
    tombstones,
    stableUpTo: 0,
    producer,
  };
  const frameBytes = carriedBytes(batch);
  const { maxFrameBytes: maxBytes } = port;
  if (frameBytes <= maxBytes) return { batch, frameBytes };
  throw new SeglogError('RECORD_TOO_LARGE', 'an append does not fit a frame', {
    bytes: frameBytes,
    maxBytes,
  });
}

/** The clock of the append stands in for a missing timestamp, so that a replay gives the record that readers saw. */
export function timed(records: readonly RecordInput[], nowMs: number): readonly RecordInput[] {
  return records.map((record) =>
    record.timestampMs === undefined ? { ...record, timestampMs: nowMs } : record,
  );
}

/** An option that is misspelt must not promise less than its caller believes. */
export function requireOptions({ expectedOffset, acknowledge, whenFull }: AppendOptions): void {
  if (expectedOffset !== undefined) requireSafeInteger(expectedOffset, 'expectedOffset');
  if (acknowledge !== undefined) requireOneOf(acknowledge, ['written', 'synced'], 'acknowledge');
  if (whenFull !== undefined) requireOneOf(whenFull, ['wait', 'reject'], 'whenFull');
}
