import assert from 'node:assert/strict';
import {
  type FrameCodec,
  FrameHeader,
  type RecordBatch,
  type RecordInput,
  type SegmentCodec,
} from '@seglog/core';
import { expectRangeError } from './expectation.js';
import { encodeFrame, expectFrame, segmentOf, storedRecords, walk } from './frame-fixture.js';
import { batchOf } from './record-arbitraries.js';
import type { SuiteRunner } from './suite-runner.js';

const value = new Uint8Array(50).fill(0x76);
const one = batchOf([{ key: new Uint8Array(0), value }], { baseOffset: 7, appendTimeMs: 1000 });

/** What a codec must take, and what it must refuse before anything is written. */
export function frameBatchCases(runner: SuiteRunner, codec: FrameCodec): void {
  limitCases(runner, codec);
  refusalCases(runner, codec);
  unclaimedCases(runner, codec);
}

function limitCases(runner: SuiteRunner, codec: FrameCodec): void {
  runner.test('the longest frame is written and believed, one byte more is neither', async () => {
    const frame = encodeFrame(segmentOf(codec), one);
    const exact = segmentOf(codec, { maxFrameBytes: frame.length });
    expectFrame(exact, encodeFrame(exact, one), 0);
    const short = segmentOf(codec, { maxFrameBytes: frame.length - 1 });
    await expectRangeError(() => short.encode(one, new Uint8Array(short.frameBytes(one)), 0));
    for (const limit of [frame.length, frame.length - 1, short.headerBytes]) {
      const header = new FrameHeader();
      assert.notEqual(short.peek(frame, 0, limit, header), 'frame');
      assert.ok(header.frameBytes < frame.length, 'a length beyond the limit is not passed on');
    }
  });

  runner.test('a value of a megabyte comes back', () => {
    const large = batchOf([{ key: null, value: new Uint8Array(1 << 20).fill(0x61) }]);
    const segment = segmentOf(codec, { maxFrameBytes: 1 << 21 });
    const frame = encodeFrame(segment, large);
    const header = expectFrame(segment, frame, 0);
    assert.deepEqual(walk(segment.createCursor(), frame, 0, header), storedRecords(large));
  });

  runner.test('the largest offsets and times come back', () => {
    const last = Number.MAX_SAFE_INTEGER;
    const batch = batchOf([{ value: null }], { baseOffset: last, appendTimeMs: last, epoch: 0xffff_ffff });
    const segment = segmentOf(codec);
    const frame = encodeFrame(segment, batch);
    assert.deepEqual(
      walk(segment.createCursor(), frame, 0, expectFrame(segment, frame, 0)),
      storedRecords(batch),
    );
  });

  runner.test('a target that is too small is refused', async () => {
    const segment = segmentOf(codec);
    const bytes = segment.frameBytes(one);
    await expectRangeError(() => segment.encode(one, new Uint8Array(bytes - 1), 0));
    await expectRangeError(() => segment.encode(one, new Uint8Array(bytes), 1));
  });
}

function refusalCases(runner: SuiteRunner, codec: FrameCodec): void {
  const refused: Readonly<Record<string, Partial<RecordBatch>>> = {
    'no record': { count: 0 },
    'a count beyond the records': { count: 2 },
    'a negative offset': { baseOffset: -1 },
    'an offset beyond 2^53': { baseOffset: 2 ** 53 },
    'offsets that do not start with the base offset': { offsets: [8] },
    'an epoch beyond 2^32': { epoch: 2 ** 32 },
    'an append time that is not an integer': { appendTimeMs: 0.5 },
    'a lowest timestamp above its record': { minTimestampMs: 1001, maxTimestampMs: 1001 },
    'a highest timestamp below its record': { minTimestampMs: 999, maxTimestampMs: 999 },
    'tombstones that are none': { tombstones: 1 },
  };
  const segment = segmentOf(codec);
  for (const [what, change] of Object.entries(refused)) {
    runner.test(`${what}: refused`, () => expectRefusal(segment, { ...one, ...change }));
  }

  runner.test('a timestamp out of range: refused', async () => {
    for (const timestampMs of [-1, 1.5, 2 ** 53, Number.NaN]) {
      await expectRefusal(segment, batchOf([{ value, timestampMs }]));
    }
  });

  runner.test('a header name of 32,768 bytes: refused', async () => {
    for (const name of ['x'.repeat(32_768), 'é'.repeat(16_384)]) {
      await expectRefusal(segment, batchOf([{ value, headers: [{ name, value }] }]));
    }
    encodeFrame(segment, batchOf([{ value, headers: [{ name: 'x'.repeat(32_767), value }] }]));
  });

  if (codec.maxRecordsPerFrame < 2) return;
  runner.test('a last offset beyond 2^53 - 1: refused', async () => {
    for (const gap of [1, 2, 3]) {
      const baseOffset = Number.MAX_SAFE_INTEGER;
      await expectRefusal(segment, batchOf([{ value }, { value }], { baseOffset, gaps: [0, gap] }));
      await expectRefusal(segment, batchOf([{ value }, { value }], { baseOffset }));
    }
  });

  runner.test('offsets that do not rise: refused', async () => {
    const pair: RecordInput[] = [{ value }, { value }];
    for (const gap of [0, -1, 0.5, Number.NaN]) {
      await expectRefusal(segment, batchOf([...pair, { value }], { baseOffset: 9, gaps: [0, gap, 1 + gap] }));
    }
  });
}

function unclaimedCases(runner: SuiteRunner, codec: FrameCodec): void {
  const segment = segmentOf(codec);
  if (codec.maxRecordsPerFrame < 1000) {
    runner.test('a record more than a frame holds is refused', () => {
      const records = Array.from({ length: codec.maxRecordsPerFrame + 1 }, () => ({ value }));
      return expectRefusal(segment, batchOf(records));
    });
  }
  if (!codec.guarantees.producer) {
    runner.test('a stamp that frames do not carry is refused, not dropped', () =>
      expectRefusal(segment, { ...one, producer: { id: 'p', epoch: 0, sequence: 0 } }),
    );
    return;
  }
  runner.test('a stamp out of range is refused', async () => {
    const good = { id: 'p', epoch: 0, sequence: 0 };
    const changes = [
      { id: '' },
      { id: 'x'.repeat(129) },
      { epoch: -1 },
      { epoch: 2 ** 32 },
      { sequence: 2 ** 53 },
    ];
    for (const change of changes) await expectRefusal(segment, { ...one, producer: { ...good, ...change } });
  });
}

/** Both doors are shut, because a caller may measure long before it writes. */
async function expectRefusal(segment: SegmentCodec, batch: RecordBatch): Promise<void> {
  await expectRangeError(() => segment.frameBytes(batch));
  await expectRangeError(() => segment.encode(batch, new Uint8Array(100_000), 0));
}
