import * as fc from 'fast-check';
import type { IndexEntry, SegmentFacts } from '../../src/index.js';

export const segment: SegmentFacts = {
  id: '00112233445566ff',
  baseOffset: 1000,
  sealed: true,
  firstPosition: 128,
  endPosition: 1_000_000,
  nextOffset: 900_000,
  recordCount: 899_000,
  minTimestampMs: 5,
  maxTimestampMs: 2 ** 50,
  maxAppendTimeMs: 2 ** 50,
  tombstones: 0,
  framesChecksum: 0,
  createdAtMs: 1,
};

/** Entries of a segment whose frames start at 128 with offset 1000. */
export function entries(maxLength = 300): fc.Arbitrary<IndexEntry[]> {
  const step = fc.record({
    offset: fc.integer({ min: 1, max: 1000 }),
    bytes: fc.integer({ min: 1, max: 3000 }),
    rise: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 50 })),
  });
  return fc.array(step, { maxLength }).map((steps) => {
    let [offset, position, maxTimestampMs] = [1000, 128, -1];
    return steps.map((next) => {
      const entry = { offset, position, maxTimestampMs };
      offset += next.offset;
      position += next.bytes;
      maxTimestampMs += next.rise;
      return entry;
    });
  });
}
