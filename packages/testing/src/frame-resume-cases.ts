import assert from 'node:assert/strict';
import {
  type FrameCodec,
  type FrameCursor,
  FrameHeader,
  type RecordBatch,
  type SegmentCodec,
} from '@seglog/core';
import * as fc from 'fast-check';
import { patternBytes } from './expectation.js';
import { encodeFrame, expectFrame, recordAt, segmentOf, storedRecords } from './frame-fixture.js';
import type { SuiteRunner } from './suite-runner.js';

/** Records in the middle of a frame, read without the rest of it: by codecs that can. */
export function frameResumeCases(
  runner: SuiteRunner,
  codec: FrameCodec,
  batches: fc.Arbitrary<RecordBatch>,
): void {
  const segment = segmentOf(codec);
  if (segment.createCursor().resume === undefined) return;

  runner.test('records are read without what is around them in their frame', () => {
    const cursor = segment.createCursor();
    fc.assert(
      fc.property(batches, fc.nat(), fc.nat(), fc.nat(50), (batch, from, to, before) => {
        const first = from % batch.count;
        const last = first + (to % (batch.count - first));
        requireRecords(segment, cursor, batch, { first, last, before });
      }),
      { numRuns: 300 },
    );
  });

  runner.test('nothing follows the last record of a frame', () => {
    const cursor = segment.createCursor();
    fc.assert(
      fc.property(batches, (batch) => {
        const frame = encodeFrame(segment, batch);
        const { header } = spansOf(segment, frame);
        cursor.resume?.(frame, frame.length, header, { number: batch.count, offset: header.lastOffset });
        assert.equal(cursor.next(), false);
      }),
      { numRuns: 50 },
    );
  });

  runner.test('bytes that are no records end a cursor in the middle of a frame as well', () => {
    const cursor = segment.createCursor();
    fc.assert(
      fc.property(batches, fc.nat(), fc.uint8Array({ maxLength: 200 }), (batch, from, source) => {
        const header = expectFrame(segment, encodeFrame(segment, batch), 0);
        const number = from % batch.count;
        cursor.resume?.(source, 0, header, { number, offset: batch.baseOffset });
        requireBounded(cursor, { source, records: batch.count - number });
      }),
      { numRuns: 300 },
    );
  });
}

/** Reads the records `first` to `last`, with `before` bytes that are not theirs in front of them. */
function requireRecords(
  segment: SegmentCodec,
  cursor: FrameCursor,
  batch: RecordBatch,
  { first, last, before }: { readonly first: number; readonly last: number; readonly before: number },
): void {
  const frame = encodeFrame(segment, batch);
  const { header, spans } = spansOf(segment, frame);
  const [start, end] = [spans[first]?.start ?? 0, spans[last]?.end ?? 0];
  const source = patternBytes(before + end - start);
  source.set(frame.subarray(start, end), before);
  const records = storedRecords(batch);
  cursor.resume?.(source, before, header, { number: first, offset: records[first - 1]?.offset ?? -1 });
  const found = Array.from({ length: last - first + 1 }, () => {
    assert.ok(cursor.next(), 'a record that is there is found');
    return recordAt(cursor);
  });
  assert.deepEqual(found, records.slice(first, last + 1));
  if (last === batch.count - 1) assert.equal(cursor.next(), false, 'nothing follows the last record');
  assert.equal(cursor.malformed, false);
}

/** Where the records of a frame lie. */
function spansOf(
  segment: SegmentCodec,
  frame: Uint8Array,
): {
  readonly header: FrameHeader;
  readonly spans: readonly { readonly start: number; readonly end: number }[];
} {
  const header = expectFrame(segment, frame, 0);
  const cursor = segment.createCursor();
  cursor.load(frame, 0, header);
  const spans = [];
  while (cursor.next()) spans.push({ start: cursor.recordPosition, end: cursor.recordEnd });
  return { header: Object.assign(new FrameHeader(), header), spans };
}

function requireBounded(
  cursor: FrameCursor,
  { source, records }: { readonly source: Uint8Array; readonly records: number },
): void {
  let found = 0;
  while (cursor.next()) {
    found += 1;
    assert.ok(found <= records, 'no more records are found than are left');
    assert.ok(cursor.recordEnd <= source.length, 'no record reaches beyond the bytes');
    recordAt(cursor);
  }
}
