import type { FrameCodec } from '../contract/frame-codec.js';
import type { AppendOptions, AppendResult } from '../contract/partition-log.js';
import type { RecordBatch, RecordInput } from '../contract/record.js';
import type { ProducerState } from '../producer/producer-state.js';
import type { WriteBehindMemory } from '../segment/write-behind-memory.js';
import type { RecordsMeasure } from './append-request.js';

/**
 * What stands before a log and makes its appends durable, as a write-ahead log does: it gives them their offsets, keeps
 * them somewhere else, and then hands them to the log, whose own files are synced later. One for each log.
 */
export interface AheadOfLog {
  /** Memory that the log's segments are collected in before they are written. */
  readonly writeBehind: WriteBehindMemory;
  /** Called once, when the log has been recovered and may be written. What it throws keeps the log from being opened. */
  attach(log: LogPort): AppendsAhead;
}

/** Where the appends of a log go that is written ahead of. */
export interface AppendsAhead {
  /** As `PartitionLog.append`. */
  append(records: readonly RecordInput[], options: AppendOptions): Promise<AppendResult>;
  /** Carries out a step that changes the log otherwise, while no append of it is under way. */
  alone<T>(step: () => Promise<T>): Promise<T>;
  /** Takes no append any more, settles those that are under way, then closes the log by `step`. */
  close(step: () => Promise<void>): Promise<void>;
}

/** A log as it is seen by what stands before it. */
export interface LogPort {
  /** `flights/2`: names the log in messages. */
  readonly name: string;
  readonly codec: FrameCodec;
  /** No append may need a longer frame. */
  readonly maxFrameBytes: number;
  readonly producers: Pick<ProducerState, 'check' | 'record' | 'rollbackTo'>;
  facts(): LogPortFacts;
  /** Looks at records that are to be appended; throws what is wrong with them. */
  measure(records: readonly RecordInput[]): RecordsMeasure;
  /**
   * Takes a frame that is durable elsewhere, with the offsets that it was given, of which the first is the log's next one. Its
   * records are visible once they are published. Undefined when it is done at once; else it is when the promise resolves, and
   * what is placed after it stands behind it. Throws or rejects when the log cannot take it. Borrowed until then.
   */
  place(frame: PlacedFrame): Promise<void> | undefined;
  /** Makes every record below `nextOffset` visible, at once. */
  publish(nextOffset: number): void;
  /** Everything that was written before the call is on stable storage in the log's own files when it resolves. */
  sync(): Promise<void>;
}

export interface PlacedFrame extends RecordBatch {
  /** The batch, encoded by the codec of the log for any segment: saves the log the work. */
  readonly encoded: Uint8Array | undefined;
}

export interface LogPortFacts {
  readonly logStart: number;
  /** Offset after the last record that is written, or on its way. */
  readonly nextOffset: number;
  /** Writer epoch of what is appended now. */
  readonly epoch: number;
  /** What was appended under a lower epoch is on stable storage in the log's own files, or was truncated away. */
  readonly cutEpoch: number;
}
