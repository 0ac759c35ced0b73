import type { PlacedFrame, ProducerStamp, RecordInput, RecordsMeasure } from '@seglog/core';
import type { AheadPartition } from './ahead-partition.js';
import { carriedBytes, PART_HEAD_BYTES } from './carried-write.js';

/** Small plain writes that enter together share a frame of about this size. */
const SHARED_BYTES = 32 * 1024;

export interface PartPlace {
  readonly baseOffset: number;
  /** Writer epoch under which the offsets are given. */
  readonly epoch: number;
  readonly appendTimeMs: number;
  readonly producer: ProducerStamp | undefined;
}

/** Records of one partition with their offsets: what becomes one frame, in the write-ahead log and in the partition's own. */
export class AheadPart implements PlacedFrame {
  public readonly partition: AheadPartition;
  public records: readonly RecordInput[];
  public count: number;
  public readonly baseOffset: number;
  public readonly offsets: undefined = undefined;
  public readonly epoch: number;
  public readonly appendTimeMs: number;
  public minTimestampMs: number;
  public maxTimestampMs: number;
  public tombstones: number;
  public readonly stableUpTo = 0;
  public readonly producer: ProducerStamp | undefined;
  /** Bytes of the frame; of one that is shared, at most. */
  public frameBytes: number;
  /** The frame, once it is encoded and as long as its write is under way, where the partition's log can use it. */
  public encoded: Uint8Array | undefined = undefined;
  /** Records of more than one write. */
  #shared: RecordInput[] | undefined;

  public constructor(
    partition: AheadPartition,
    content: { readonly records: readonly RecordInput[]; readonly measure: RecordsMeasure },
    { baseOffset, epoch, appendTimeMs, producer }: PartPlace,
  ) {
    const { untimed, minTimestampMs, maxTimestampMs, tombstones } = content.measure;
    this.partition = partition;
    this.records = content.records;
    this.count = content.records.length;
    this.baseOffset = baseOffset;
    this.epoch = epoch;
    this.appendTimeMs = appendTimeMs;
    this.minTimestampMs = untimed ? Math.min(minTimestampMs, appendTimeMs) : minTimestampMs;
    this.maxTimestampMs = untimed ? Math.max(maxTimestampMs, appendTimeMs) : maxTimestampMs;
    this.tombstones = tombstones;
    this.producer = producer;
    this.frameBytes = carriedBytes(this);
  }

  public get lastOffset(): number {
    return this.baseOffset + this.count - 1;
  }

  /** Bytes that it takes in a record of the write-ahead log; of one that is shared, at most. */
  public get carriedBytes(): number {
    return PART_HEAD_BYTES + this.frameBytes;
  }

  /** Takes in what stands right behind it, if one frame can hold both. */
  public absorb(next: AheadPart, limits: { readonly bytes: number; readonly records: number }): boolean {
    if (this.producer !== undefined || next.producer !== undefined) return false;
    const bytes = this.frameBytes + next.frameBytes;
    if (bytes > Math.min(SHARED_BYTES, limits.bytes) || this.count + next.count > limits.records)
      return false;
    if (this.#shared === undefined) {
      this.#shared = [...this.records];
      this.records = this.#shared;
    }
    for (const record of next.records) this.#shared.push(record);
    this.count += next.count;
    this.minTimestampMs = Math.min(this.minTimestampMs, next.minTimestampMs);
    this.maxTimestampMs = Math.max(this.maxTimestampMs, next.maxTimestampMs);
    this.tombstones += next.tombstones;
    this.frameBytes = bytes;
    return true;
  }
}
