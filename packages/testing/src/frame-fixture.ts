import assert from 'node:assert/strict';
import {
  type Checksum,
  crc32c,
  type FrameCodec,
  type FrameCursor,
  FrameHeader,
  type RecordBatch,
  type RecordCursor,
  type SegmentCodec,
  type SegmentCodecContext,
  type StoredRecord,
} from '@seglog/core';
import { expectBytes, patternBytes } from './expectation.js';

export const MAX_FRAME_BYTES: number = 1 << 20;

/** A codec for a segment of our own; `change` makes it another segment. */
export function segmentOf(codec: FrameCodec, change: Partial<SegmentCodecContext> = {}): SegmentCodec {
  const context = {
    logId: patternBytes(16),
    salt: 0x5e91,
    checksum: crc32c(),
    maxFrameBytes: MAX_FRAME_BYTES,
  };
  return codec.forSegment({ ...context, ...change });
}

/** Proves nothing: whatever states this number as its checksum is believed, as if a writer with a bug had written it. */
export const credulous: Checksum = { id: 255, name: 'credulous', of: () => 0x5a5a_5a5a };

export function encodeFrame(segment: SegmentCodec, batch: RecordBatch): Uint8Array {
  const frame = new Uint8Array(segment.frameBytes(batch));
  assert.equal(segment.encode(batch, frame, 0), frame.length, 'encode writes what frameBytes says');
  return frame;
}

/** The header of a frame that must be found and verify. */
export function expectFrame(segment: SegmentCodec, source: Uint8Array, position: number): FrameHeader {
  const header = new FrameHeader();
  assert.equal(segment.peek(source, position, source.length, header), 'frame');
  assert.ok(segment.verify(source, position, header), 'a frame that was not touched verifies');
  return header;
}

/** Whether the bytes at `position` pass for a frame. */
export function passes(segment: SegmentCodec, source: Uint8Array, position: number): boolean {
  const header = new FrameHeader();
  return (
    segment.peek(source, position, source.length, header) === 'frame' &&
    segment.verify(source, position, header)
  );
}

/** Walks the frame to its end and copies what it shows. Fails when any of it lies outside the frame. */
export function walk(
  cursor: FrameCursor,
  source: Uint8Array,
  position: number,
  header: FrameHeader,
): StoredRecord[] {
  cursor.load(source, position, header);
  const records: StoredRecord[] = [];
  while (cursor.next()) {
    assert.ok(records.length < header.count, 'a cursor shows no more records than the header counts');
    expectInside(cursor, position, position + header.frameBytes);
    records.push(recordAt(cursor));
  }
  assert.equal(cursor.next(), false, 'a cursor at its end stays there');
  return records;
}

/** A copy of the record that the cursor stands at. */
export function recordAt({ offset, timestampMs, key, value, headers }: RecordCursor): StoredRecord {
  return {
    offset,
    timestampMs,
    key: key === null ? null : key.slice(),
    value: value === null ? null : value.slice(),
    headers: headers.map((one) => ({ name: one.name, value: one.value.slice() })),
  };
}

/** The records that a batch holds, as they must come back. */
export function storedRecords(batch: RecordBatch): StoredRecord[] {
  return batch.records.slice(0, batch.count).map((record, i) => ({
    offset: batch.offsets?.[i] ?? batch.baseOffset + i,
    timestampMs: record.timestampMs ?? batch.appendTimeMs,
    key: record.key ?? null,
    value: record.value,
    headers: record.headers ?? [],
  }));
}

function expectInside(cursor: FrameCursor, start: number, end: number): void {
  const { source, recordPosition, recordEnd } = cursor;
  assert.ok(
    recordPosition >= start && recordPosition < recordEnd && recordEnd <= end,
    'a record lies in its frame',
  );
  expectView(cursor.key, source, {
    start: recordPosition,
    end: recordEnd,
    at: cursor.keyPosition,
    bytes: cursor.keyBytes,
  });
  expectView(cursor.value, source, {
    start: recordPosition,
    end: recordEnd,
    at: cursor.valuePosition,
    bytes: cursor.valueBytes,
  });
}

interface Extent {
  readonly start: number;
  readonly end: number;
  readonly at: number;
  readonly bytes: number;
}

function expectView(view: Uint8Array | null, source: Uint8Array, { start, end, at, bytes }: Extent): void {
  if (view === null) {
    assert.equal(bytes, -1, 'null has length -1');
    return;
  }
  assert.ok(bytes >= 0 && at >= start && at + bytes <= end, 'key and value lie in their record');
  expectBytes(view, source.subarray(at, at + bytes));
}
