import type { ProducerStamp, RecordBatch, RecordInput } from '../contract/record.js';
import type { FrameFacts } from '../segment/segment-counts.js';
import type { AppendRequest, RecordsMeasure } from './append-request.js';

/** The one batch object that a log encodes its frames from, and counts them by. */
export class MutableBatch implements RecordBatch, FrameFacts {
  public records: readonly RecordInput[] = [];
  public count = 0;
  public baseOffset = 0;
  public readonly offsets: undefined = undefined;
  public epoch = 0;
  public appendTimeMs = 0;
  public minTimestampMs = 0;
  public maxTimestampMs = 0;
  public tombstones = 0;
  public stableUpTo = 0;
  public producer: ProducerStamp | undefined = undefined;
  /** Of the frame that was made of it last. */
  public frameBytes = 0;
  /** Records of several appends; not in use while there is one. */
  readonly #packed: RecordInput[] = [];

  public get lastOffset(): number {
    return this.baseOffset + this.count - 1;
  }

  /** Holds the records of one append, as of its time; offset, epoch and what is stable are for the caller to set. */
  public hold({ measure, records, options }: AppendRequest, appendTimeMs: number): void {
    this.records = records;
    this.count = records.length;
    this.appendTimeMs = appendTimeMs;
    this.minTimestampMs = lowest(measure, appendTimeMs);
    this.maxTimestampMs = highest(measure, appendTimeMs);
    this.tombstones = measure.tombstones;
    this.producer = options.producer;
  }

  /** Adds the records of another append to those that it holds. */
  public pack({ measure, records }: AppendRequest): void {
    const packed = this.#packed;
    if (this.records !== packed) {
      packed.length = 0;
      for (const record of this.records) packed.push(record);
      this.records = packed;
    }
    for (const record of records) packed.push(record);
    this.count += records.length;
    this.minTimestampMs = Math.min(this.minTimestampMs, lowest(measure, this.appendTimeMs));
    this.maxTimestampMs = Math.max(this.maxTimestampMs, highest(measure, this.appendTimeMs));
    this.tombstones += measure.tombstones;
  }
}

/** Records without a time get that of the append. */
function lowest({ untimed, minTimestampMs }: RecordsMeasure, appendTimeMs: number): number {
  return untimed ? Math.min(minTimestampMs, appendTimeMs) : minTimestampMs;
}

function highest({ untimed, maxTimestampMs }: RecordsMeasure, appendTimeMs: number): number {
  return untimed ? Math.max(maxTimestampMs, appendTimeMs) : maxTimestampMs;
}
