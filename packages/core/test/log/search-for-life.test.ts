import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  batchFrameCodec,
  crc32c,
  crcFrameCodec,
  type RecordBatch,
  type SegmentCodec,
  type SegmentReader,
} from '../../src/index.js';
import { nextWholeFrame } from '../../src/log/life-beyond.js';

const CODECS = [batchFrameCodec(), crcFrameCodec()];
const MAX_FRAME_BYTES = 4096;

function batchOf(offset: number, bytes: number): RecordBatch {
  return {
    records: [{ value: new Uint8Array(bytes).fill(offset) }],
    count: 1,
    baseOffset: offset,
    offsets: undefined,
    epoch: 1,
    appendTimeMs: 5,
    minTimestampMs: 5,
    maxTimestampMs: 5,
    tombstones: 0,
    stableUpTo: 0,
    producer: undefined,
  };
}

const readerOf = (bytes: Uint8Array): SegmentReader => ({
  read(position, scratch) {
    const part = bytes.subarray(position, position + scratch.length);
    scratch.set(part);
    return scratch.subarray(0, part.length);
  },
  close: async () => undefined,
});

interface Piece {
  readonly kind: 'garbage' | 'frame' | 'broken';
  readonly bytes: number;
}

/** Frames, garbage and frames with one changed byte, in a row; and where the whole frames are. */
function laidOut(
  codec: SegmentCodec,
  pieces: readonly Piece[],
): { readonly bytes: Uint8Array; readonly frames: readonly number[] } {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.bytes + 200, 0));
  const frames: number[] = [];
  let position = 0;
  pieces.forEach(({ kind, bytes: size }, i) => {
    const batch = batchOf(i, size);
    const length = kind === 'garbage' ? size : codec.frameBytes(batch);
    if (kind === 'garbage') bytes.fill(0x5a, position, position + length);
    else codec.encode(batch, bytes, position);
    if (kind === 'frame') frames.push(position);
    if (kind === 'broken') bytes[position + length - 1] = (bytes[position + length - 1] ?? 0) ^ 1;
    position += length;
  });
  return { bytes: bytes.subarray(0, position), frames };
}

describe.each(CODECS)('the search for $name frames behind damage', (factory) => {
  const logId = new Uint8Array(16).fill(3);
  const codec = factory.forSegment({
    logId,
    salt: 7,
    checksum: crc32c(),
    maxFrameBytes: MAX_FRAME_BYTES,
  });
  // Frames that do not say where they begin are not looked for.
  const { selfLocating } = factory.guarantees;
  const piece = fc.record({
    kind: fc.constantFrom('garbage' as const, 'frame' as const, 'broken' as const),
    bytes: fc.integer({ min: 1, max: 900 }),
  });

  test('finds every whole frame and nothing else, however little is read at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 128, max: 700 }),
        async (pieces, scratchBytes) => {
          const { bytes, frames } = laidOut(codec, pieces);
          const scratch = new Uint8Array(scratchBytes);
          const reader = readerOf(bytes);
          const search = { reader, codec, sizeBytes: bytes.length, maxFrameBytes: MAX_FRAME_BYTES, scratch };
          const found: number[] = [];
          for (let from = 0; ; ) {
            const position = await nextWholeFrame(search, from);
            if (position === undefined) break;
            found.push(position);
            from = position + 1;
          }
          expect(found).toEqual(selfLocating ? frames : []);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('ends where the file ends earlier than it was said to', async () => {
    const { bytes } = laidOut(codec, [{ kind: 'broken', bytes: 50 }]);
    const reader = readerOf(bytes);
    const search = { reader, codec, maxFrameBytes: MAX_FRAME_BYTES, scratch: new Uint8Array(256) };
    expect(await nextWholeFrame({ ...search, sizeBytes: bytes.length + 4096 }, 0)).toBeUndefined();
  });

  test('does not follow a length beyond what frames may be, or beyond the file', async () => {
    const { bytes } = laidOut(codec, [{ kind: 'frame', bytes: 900 }]);
    const search = { reader: readerOf(bytes), codec, scratch: new Uint8Array(200) };
    const within = { ...search, sizeBytes: bytes.length, maxFrameBytes: MAX_FRAME_BYTES };
    expect(await nextWholeFrame(within, 0)).toBe(selfLocating ? 0 : undefined);
    expect(await nextWholeFrame({ ...within, maxFrameBytes: 500 }, 0)).toBeUndefined();
    expect(await nextWholeFrame({ ...within, sizeBytes: bytes.length - 1 }, 0)).toBeUndefined();
  });
});
