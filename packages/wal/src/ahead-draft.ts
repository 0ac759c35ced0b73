import {
  type AppendOptions,
  type AppendResult,
  type LogPort,
  requireOneOf,
  requireSafeInteger,
  SeglogError,
} from '@seglog/core';
import type { AheadPart } from './ahead-part.js';
import type { AheadPartition } from './ahead-partition.js';
import { MAX_CARRIED_RECORDS } from './carried-write.js';
import type { AheadRequest } from './write.js';

/** Where the writes of all partitions stand in one line. */
export interface AheadLine {
  append(request: AheadRequest): Promise<AppendResult>;
  /** The log was closed; `kept` is the first LSN that it may not have, undefined when it has all. */
  left(partition: AheadPartition, kept: number | undefined): void;
}

/** What a write brings to one partition: records with their offsets, before anything has changed. */
export interface Draft {
  readonly partition: AheadPartition;
  /** What its caller gets. */
  readonly result: AppendResult;
  /** Undefined when the producer's stamp showed that the records are there. */
  readonly part: AheadPart | undefined;
}

/** Throws `RECORD_TOO_LARGE` for a frame that the log of the partition could not take. */
export function requireFitting(port: LogPort, { count, frameBytes }: AheadPart): void {
  const maxRecords = Math.min(port.codec.maxRecordsPerFrame, MAX_CARRIED_RECORDS);
  if (count > maxRecords) {
    const facts = { records: count, maxRecords };
    throw new SeglogError('RECORD_TOO_LARGE', 'an append holds more records than a frame can', facts);
  }
  const { maxFrameBytes: maxBytes } = port;
  if (frameBytes <= maxBytes) return;
  throw new SeglogError('RECORD_TOO_LARGE', 'an append does not fit a frame', {
    bytes: frameBytes,
    maxBytes,
  });
}

/** An option that is misspelt must not promise less than its caller believes. */
export function requireOptions({ expectedOffset, acknowledge, whenFull }: AppendOptions): void {
  if (expectedOffset !== undefined) requireSafeInteger(expectedOffset, 'expectedOffset');
  if (acknowledge !== undefined) requireOneOf(acknowledge, ACKNOWLEDGES, 'acknowledge');
  if (whenFull !== undefined) requireOneOf(whenFull, ['wait', 'reject'], 'whenFull');
}

const ACKNOWLEDGES = ['written', 'synced'] as const;
