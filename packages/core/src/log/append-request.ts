import { SeglogError } from '../contract/error.js';
import type { AppendOptions, AppendResult } from '../contract/partition-log.js';
import { payloadBytes, type RecordHeader, type RecordInput } from '../contract/record.js';
import type { Acknowledge } from '../contract/sync-policy.js';
import type { LogSettings } from './log-settings.js';

/** As the formats allow. */
const MAX_HEADER_NAME_BYTES = 32_767;

/** What one look at the records of an append tells: enough to place it without looking again. */
export interface RecordsMeasure {
  readonly payloadBytes: number;
  readonly tombstones: number;
  /** Lowest and highest timestamp that the records bring; Infinity and -1 when none brings one. */
  readonly minTimestampMs: number;
  readonly maxTimestampMs: number;
  /** Some records take the time of the append. */
  readonly untimed: boolean;
}

/** One call of `append` on its way through the queue. Settles exactly once. */
export class AppendRequest {
  public readonly records: readonly RecordInput[];
  public readonly measure: RecordsMeasure;
  public readonly options: AppendOptions;
  public readonly acknowledge: Acknowledge;
  /** Assigned when the request is encoded; -1 before, and again when its group was taken back. */
  public baseOffset = -1;
  public lastOffset = -1;
  public duplicate = false;
  public cancelled = false;
  /** Stands in line and counts against its bound. */
  public queued = false;
  readonly #resolve: (result: AppendResult) => void;
  readonly #reject: (cause: unknown) => void;
  readonly #onAbort: (() => void) | undefined;

  public constructor(
    content: {
      readonly records: readonly RecordInput[];
      readonly measure: RecordsMeasure;
    },
    options: AppendOptions,
    acknowledge: Acknowledge,
    settle: AppendSettle,
  ) {
    this.records = content.records;
    this.measure = content.measure;
    this.options = options;
    this.acknowledge = acknowledge;
    this.#resolve = settle.resolve;
    this.#reject = settle.reject;
    if (options.signal !== undefined) {
      this.#onAbort = () => settle.onAbort(this);
      options.signal.addEventListener('abort', this.#onAbort, { once: true });
    }
  }

  public resolve(): void {
    this.forgetSignal();
    this.#resolve({
      baseOffset: this.baseOffset,
      lastOffset: this.lastOffset,
      durability: this.acknowledge,
      duplicate: this.duplicate,
    });
  }

  public reject(cause: unknown): void {
    this.forgetSignal();
    this.#reject(cause);
  }

  /** From here on the append can no longer be taken back. */
  public forgetSignal(): void {
    if (this.#onAbort !== undefined) this.options.signal?.removeEventListener('abort', this.#onAbort);
  }
}

export interface AppendSettle {
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (cause: unknown) => void;
  readonly onAbort: (request: AppendRequest) => void;
}

/** Looks at every record once. Throws `RECORD_TOO_LARGE`, `INVALID_RECORD` or `TypeError` before anything is queued. */
export function measureRecords(
  records: readonly RecordInput[],
  settings: Pick<LogSettings, 'maxRecordBytes' | 'requireKeys'>,
): RecordsMeasure {
  if (!Array.isArray(records)) throw new TypeError('append takes an array of records');
  if (records.length === 0) throw new SeglogError('INVALID_RECORD', 'an append holds at least one record');
  let total = 0;
  let tombstones = 0;
  let minTimestampMs = Number.POSITIVE_INFINITY;
  let maxTimestampMs = -1;
  let untimed = false;
  for (let i = 0; i < records.length; i++) {
    const record = records[i];
    requireRecord(record, i);
    const bytes = payloadBytes(record);
    if (bytes > settings.maxRecordBytes) throw tooLarge(bytes, settings.maxRecordBytes, i);
    if (settings.requireKeys && (record.key === undefined || record.key === null)) {
      throw new SeglogError('INVALID_RECORD', 'this log needs a key in every record', { index: i });
    }
    total += bytes;
    if (record.value === null) tombstones++;
    const at = record.timestampMs;
    if (at === undefined) untimed = true;
    else {
      if (!Number.isSafeInteger(at) || at < 0) throw badTimestamp(at, i);
      if (at < minTimestampMs) minTimestampMs = at;
      if (at > maxTimestampMs) maxTimestampMs = at;
    }
  }
  return { payloadBytes: total, tombstones, minTimestampMs, maxTimestampMs, untimed };
}

function requireRecord(record: RecordInput | undefined, index: number): asserts record is RecordInput {
  if (typeof record !== 'object' || record === null) {
    throw new TypeError(`record ${index} is not an object with a key and a value`);
  }
  if (record.value !== null && !(record.value instanceof Uint8Array)) {
    throw new TypeError(`the value of record ${index} is neither a Uint8Array nor null`);
  }
  const { key } = record;
  if (key !== undefined && key !== null && !(key instanceof Uint8Array)) {
    throw new TypeError(`the key of record ${index} is neither a Uint8Array nor null`);
  }
  if (record.headers !== undefined) requireHeaders(record.headers, index);
}

function requireHeaders(headers: readonly RecordHeader[], index: number): void {
  if (!Array.isArray(headers)) throw new TypeError(`the headers of record ${index} are not an array`);
  for (const header of headers) {
    if (typeof header?.name !== 'string' || !(header.value instanceof Uint8Array)) {
      throw new TypeError(`a header of record ${index} is not a name with a Uint8Array`);
    }
    requireHeaderName(header.name, index);
  }
}

/** No character has more than three bytes for each of its units, so most names need not be measured. */
function requireHeaderName(name: string, index: number): void {
  if (name.length * 3 > MAX_HEADER_NAME_BYTES) {
    const { length: bytes } = new TextEncoder().encode(name);
    const facts = { bytes, maxBytes: MAX_HEADER_NAME_BYTES, index };
    if (bytes > MAX_HEADER_NAME_BYTES)
      throw new SeglogError('INVALID_RECORD', 'the name of a header is too long', facts);
  }
  if (!name.isWellFormed()) {
    throw new SeglogError('INVALID_RECORD', 'the name of a header has no UTF-8: a surrogate stands alone', {
      index,
    });
  }
}

function tooLarge(bytes: number, maxBytes: number, index: number): SeglogError {
  return new SeglogError('RECORD_TOO_LARGE', 'a record is over the limit', { bytes, maxBytes, index });
}

function badTimestamp(timestampMs: number, index: number): SeglogError {
  return new SeglogError('INVALID_RECORD', 'a timestamp is an integer of milliseconds from 0 to 2^53 - 1', {
    timestampMs,
    index,
  });
}
