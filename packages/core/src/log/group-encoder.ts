import type { Clock } from '../contract/clock.js';
import { SeglogError } from '../contract/error.js';
import type { FrameCodec } from '../contract/frame-codec.js';
import type { RecordInput } from '../contract/record.js';
import type { RollReason } from '../contract/segment-facts.js';
import { invariant } from '../invariant.js';
import type { ProducerState } from '../producer/producer-state.js';
import { SEGMENT_FOOTER_BYTES } from '../segment/segment-footer.js';
import type { ActiveSegment } from './active-segment.js';
import { AppendRequest } from './append-request.js';
import type { Group } from './group.js';
import type { LogSettings } from './log-settings.js';
import { MutableBatch } from './mutable-batch.js';
import type { RequestLine } from './request-line.js';
import { rollReason } from './roll-reason.js';

export interface EncoderContext {
  readonly codec: FrameCodec;
  readonly settings: LogSettings;
  readonly clock: Clock;
  readonly producers: ProducerState;
  /** Memory for a group that is longer than others. */
  longBuffer(bytes: number): Uint8Array;
  epoch(): number;
  durable(): number;
  /** Taken out of the line, rejected or written: its share of the queue is free. */
  onTaken(request: AppendRequest): void;
}

/** Why filling a group stopped. */
export type FillEnd = 'drained' | 'full' | 'exclusive' | RollReason;

/**
 * Turns waiting appends into frames: the one place where offsets are assigned, so that order, sequence and expected
 * offsets are decided in a single synchronous step.
 */
export class GroupEncoder {
  readonly #context: EncoderContext;
  readonly #batch = new MutableBatch();
  readonly #single: RecordInput[] = [];
  #lastAppendTimeMs = 0;
  #changed: SeglogError | undefined;

  public constructor(context: EncoderContext) {
    this.#context = context;
  }

  /** Moves requests from the head of the line into the group until one of the ends is met. */
  public fill(line: RequestLine, group: Group, active: ActiveSegment): FillEnd {
    this.#lastAppendTimeMs = Math.max(this.#lastAppendTimeMs, this.#context.clock.nowMs());
    for (;;) {
      const first = this.#admit(line, group, active);
      if (first === undefined) {
        group.after.copyFrom(active.assigned);
        return line.length === 0 ? 'drained' : 'exclusive';
      }
      const end = this.#place(line, group, active, first);
      if (end !== undefined) {
        group.after.copyFrom(active.assigned);
        return end;
      }
    }
  }

  /** The first request at the head that may be written; those before it that may not are taken out and settled. */
  #admit(line: RequestLine, group: Group, active: ActiveSegment): AppendRequest | undefined {
    for (let item = line.at(0); item instanceof AppendRequest; item = line.at(0)) {
      if (item.cancelled) {
        line.drop(1);
        continue;
      }
      try {
        if (this.#isDuplicate(item)) group.requests.push(item);
        else {
          requireExpected(item, active.assigned.nextOffset);
          return item;
        }
      } catch (cause) {
        item.reject(cause);
      }
      this.#context.onTaken(item);
      line.drop(1);
    }
    return undefined;
  }

  #isDuplicate(request: AppendRequest): boolean {
    const stamp = request.options.producer;
    if (stamp === undefined) return false;
    const verdict = this.#context.producers.check(stamp, {
      count: request.records.length,
      nowMs: this.#lastAppendTimeMs,
    });
    if (verdict.kind === 'new') return false;
    request.baseOffset = verdict.baseOffset;
    request.lastOffset = verdict.lastOffset;
    request.duplicate = true;
    return true;
  }

  #place(line: RequestLine, group: Group, active: ActiveSegment, first: AppendRequest): FillEnd | undefined {
    let taken = this.#gather(line, first, active.assigned.nextOffset);
    let bytes = this.#measure(active, taken === 1 ? first : undefined);
    if (taken > 1 && this.#tooLarge(first, bytes) !== undefined) {
      taken = 1;
      this.#hold(first);
      bytes = this.#measure(active, first);
    }
    const refusal = this.#changed ?? this.#tooLarge(first, bytes);
    if (refusal !== undefined) {
      first.reject(refusal);
      this.#context.onTaken(first);
      line.drop(1);
      return undefined;
    }
    const records = taken === 1 ? first.records.length : this.#batch.count;
    const reason = rollReason(this.#rollQuestion(active, bytes, records), this.#context.settings);
    if (reason !== undefined) return reason;
    if (group.bytes + bytes > group.buffer.length) {
      if (!group.isEmpty) return 'full';
      group.buffer = this.#context.longBuffer(bytes);
    }
    let offset = active.assigned.nextOffset;
    for (let i = 0; i < taken; i++) {
      const request = line.at(i);
      invariant(request instanceof AppendRequest, 'only appends are gathered');
      request.baseOffset = offset;
      offset += request.records.length;
      request.lastOffset = offset - 1;
      group.requests.push(request);
      this.#context.onTaken(request);
      request.forgetSignal();
    }
    const end = group.bytes + bytes;
    this.#encodeFrames(group, active, taken === 1 ? first : undefined);
    invariant(group.bytes === end, 'frames are as long as they were measured');
    line.drop(taken);
    return undefined;
  }

  /** Small plain appends that wait together share a frame: fewer headers and checksums, and each is still whole or absent. */
  #gather(line: RequestLine, first: AppendRequest, nextOffset: number): number {
    const { codec, settings } = this.#context;
    this.#hold(first);
    if (!isPlain(first) || !codec.guarantees.atomicBatch) return 1;
    let taken = 1;
    let bytes = first.measure.payloadBytes;
    let records = first.records.length;
    for (let item = line.at(taken); item instanceof AppendRequest; item = line.at(taken)) {
      bytes += item.measure.payloadBytes;
      if (bytes > settings.frameTargetBytes || !isPlain(item) || item.cancelled) break;
      if (records + item.records.length > codec.maxRecordsPerFrame) break;
      const { expectedOffset } = item.options;
      if (expectedOffset !== undefined && expectedOffset !== nextOffset + records) break;
      this.#batch.pack(item);
      records += item.records.length;
      taken++;
    }
    return taken;
  }

  #hold(request: AppendRequest): void {
    const batch = this.#batch;
    batch.hold(request, this.#lastAppendTimeMs);
    batch.epoch = this.#context.epoch();
    batch.stableUpTo = this.#context.durable();
  }

  /** Infinity, with the reason noted, for records that are not what they were when they were given. */
  #measure(active: ActiveSegment, alone: AppendRequest | undefined): number {
    this.#changed = undefined;
    try {
      return this.#measureFrames(active, alone);
    } catch (cause) {
      const sentence = 'a record was changed while it waited to be written';
      this.#changed = new SeglogError('INVALID_RECORD', sentence, {}, { cause });
      return Number.POSITIVE_INFINITY;
    }
  }

  /** Bytes of all frames of the batch (more than one for a codec that holds a record in each); Infinity if one is too long. */
  #measureFrames(active: ActiveSegment, alone: AppendRequest | undefined): number {
    const batch = this.#batch;
    batch.baseOffset = active.assigned.nextOffset;
    if (alone === undefined || !this.#mustSplit(alone)) return active.codec.frameBytes(batch);
    let bytes = 0;
    for (let i = 0; i < alone.records.length; i++) {
      this.#narrow(alone, i, active.assigned.nextOffset);
      const frameBytes = active.codec.frameBytes(batch);
      bytes += frameBytes > this.#context.settings.maxFrameBytes ? Number.POSITIVE_INFINITY : frameBytes;
    }
    return bytes;
  }

  #encodeFrames(group: Group, active: ActiveSegment, alone: AppendRequest | undefined): void {
    const producer = alone?.options.producer;
    const baseOffset = active.assigned.nextOffset;
    if (alone === undefined || !this.#mustSplit(alone)) {
      this.#batch.baseOffset = baseOffset;
      this.#encodeFrame(group, active);
    } else {
      for (let i = 0; i < alone.records.length; i++) {
        this.#narrow(alone, i, baseOffset);
        this.#encodeFrame(group, active);
      }
    }
    if (producer !== undefined && alone !== undefined) {
      const count = alone.records.length;
      this.#context.producers.record(producer, { count, baseOffset, appendTimeMs: this.#lastAppendTimeMs });
    }
  }

  #encodeFrame(group: Group, active: ActiveSegment): void {
    const { codec, checksum, assigned, builder } = active;
    const batch = this.#batch;
    const position = group.bytes;
    batch.frameBytes = codec.encode(batch, group.buffer, position);
    const entry = builder.offer(batch, assigned.endPosition);
    if (entry !== undefined) group.entries.push(entry);
    assigned.add(batch, checksum, group.buffer, { position, headerBytes: codec.headerBytes });
    group.bytes += batch.frameBytes;
    group.records += batch.count;
  }

  /** Splits a batch into frames of one record each: the way of codecs that hold a single record. */
  #mustSplit(request: AppendRequest): boolean {
    return request.records.length > this.#context.codec.maxRecordsPerFrame;
  }

  #narrow(request: AppendRequest, index: number, baseOffset: number): void {
    const batch = this.#batch;
    const record = request.records[index];
    invariant(record !== undefined, 'a frame holds a record');
    this.#single[0] = record;
    batch.records = this.#single;
    batch.count = 1;
    batch.baseOffset = baseOffset + index;
    batch.minTimestampMs = record.timestampMs ?? this.#lastAppendTimeMs;
    batch.maxTimestampMs = batch.minTimestampMs;
    batch.tombstones = record.value === null ? 1 : 0;
  }

  #tooLarge(request: AppendRequest, bytes: number): SeglogError | undefined {
    const { settings, codec } = this.#context;
    const split = this.#mustSplit(request);
    if (split && codec.guarantees.atomicBatch) {
      return new SeglogError('RECORD_TOO_LARGE', 'an append holds more records than a frame can', {
        records: request.records.length,
        maxRecords: codec.maxRecordsPerFrame,
      });
    }
    const room = settings.maxSegmentBytes - SEGMENT_FOOTER_BYTES * 2;
    const maxBytes = split ? room : Math.min(settings.maxFrameBytes, room);
    if (bytes <= maxBytes) return undefined;
    return new SeglogError('RECORD_TOO_LARGE', 'an append does not fit a frame', { bytes, maxBytes });
  }

  #rollQuestion(active: ActiveSegment, bytes: number, records: number): Parameters<typeof rollReason>[0] {
    return {
      endPosition: active.assigned.endPosition,
      firstPosition: active.name.firstPosition,
      baseOffset: active.name.baseOffset,
      nextOffset: active.assigned.nextOffset,
      ageMs: this.#lastAppendTimeMs - active.name.createdAtMs,
      bytes,
      records,
    };
  }
}

function isPlain(request: AppendRequest): boolean {
  return request.options.producer === undefined;
}

function requireExpected(request: AppendRequest, nextOffset: number): void {
  const expected = request.options.expectedOffset;
  if (expected === undefined || expected === nextOffset) return;
  throw new SeglogError('WRONG_EXPECTED_OFFSET', 'the log does not end where the append expected it to', {
    expected,
    actual: nextOffset,
  });
}
