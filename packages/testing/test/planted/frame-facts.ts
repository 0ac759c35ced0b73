import assert from 'node:assert/strict';
import { batchFrameCodec, type FrameCodec, FrameHeader, type SegmentCodec } from '@seglog/core';
import { credulous, encodeFrame, segmentOf } from '../../src/frame-fixture.js';
import { batchOf } from '../../src/index.js';

const BATCH_HEADER_BYTES = 88;

const oneRecord = batchOf([{ key: Buffer.from('k'), value: Buffer.from('value'), timestampMs: 7 }], {
  baseOffset: 9,
  epoch: 3,
  appendTimeMs: 8,
  stableUpTo: 5,
});

/** Whatever bit is flipped, `peek` alone states the facts that were written, or no frame: indexes are made of them. */
export function peekStatesOnlyWhatWasWritten(codec: FrameCodec): void {
  const segment = segmentOf(codec);
  const frame = encodeFrame(segment, oneRecord);
  const written = factsOf(segment, frame);
  assert.ok(written !== undefined, 'a frame that was not touched is one');
  for (let bit = 0; bit < frame.length * 8; bit += 1) {
    const damaged = frame.slice();
    damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.ok(
      [written, undefined].includes(factsOf(segment, damaged)),
      `bit ${bit} of a frame of ${codec.name}`,
    );
  }
}

function factsOf(segment: SegmentCodec, frame: Uint8Array): string | undefined {
  const header = new FrameHeader();
  const status = segment.peek(frame, 0, frame.length, header);
  return status === 'frame' ? JSON.stringify(header) : undefined;
}

/** A frame with bytes behind its last record is not what its header says, even if every checksum holds. */
export function bodiesEndWithTheirFrames(): void {
  const segment = segmentOf(batchFrameCodec(), { checksum: credulous });
  const frame = encodeFrame(segment, oneRecord);
  const longer = new Uint8Array(frame.length + 3);
  longer.set(frame);
  new DataView(longer.buffer).setUint32(4, longer.length - BATCH_HEADER_BYTES);
  const header = new FrameHeader();
  assert.equal(segment.peek(longer, 0, longer.length, header), 'frame');
  const cursor = segment.createCursor();
  cursor.load(longer, 0, header);
  while (cursor.next());
  assert.ok(cursor.malformed, 'bytes behind the last record are noticed');
}
