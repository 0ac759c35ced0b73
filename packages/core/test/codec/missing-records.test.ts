import { expect, test } from 'vitest';
import {
  batchFrameCodec,
  crc32c,
  crcFrameCodec,
  FrameHeader,
  type RecordBatch,
  type RecordInput,
} from '../../src/index.js';

const HOLE: RecordInput[] = [];
HOLE.length = 1;

/** With a hole in the place of its record, as programs without types may bring it. */
const BATCH: RecordBatch = {
  records: HOLE,
  count: 1,
  baseOffset: 0,
  offsets: undefined,
  epoch: 1,
  appendTimeMs: 5,
  minTimestampMs: 5,
  maxTimestampMs: 5,
  tombstones: 0,
  stableUpTo: 0,
  producer: undefined,
};

test.each([batchFrameCodec(), crcFrameCodec()])(
  'a batch in which a record is missing is refused: $name',
  (factory) => {
    const logId = new Uint8Array(16);
    const codec = factory.forSegment({ logId, salt: 1, checksum: crc32c(), maxFrameBytes: 1000 });
    expect(() => codec.frameBytes(BATCH)).toThrow(TypeError);
    const target = new Uint8Array(1000);
    expect(() => codec.encode(BATCH, target, 0)).toThrow(TypeError);
    expect(codec.peek(target, 0, target.length, new FrameHeader())).not.toBe('frame');
  },
);
