import type { ProducerStamp, RecordBatch, RecordInput } from '../contract/record.js';

/** The one batch object that a log encodes its frames from. */
export class MutableBatch implements RecordBatch {
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
}
