import assert from 'node:assert/strict';
import { type FrameCodec, FrameHeader, type RecordBatch } from '@seglog/core';
import * as fc from 'fast-check';
import { patternBytes } from './expectation.js';
import { frameBatchCases } from './frame-batch-cases.js';
import { frameDamageCases } from './frame-damage-cases.js';
import {
  encodeFrame,
  expectFrame,
  MAX_FRAME_BYTES,
  segmentOf,
  storedRecords,
  walk,
} from './frame-fixture.js';
import { frameFuzzCases } from './frame-fuzz-cases.js';
import { frameResumeCases } from './frame-resume-cases.js';
import { frameSearchCases } from './frame-search-cases.js';
import { batchArbitrary } from './record-arbitraries.js';
import type { SuiteRunner } from './suite-runner.js';

export interface FrameCodecSupports {
  /** Damaged frames that are read in the fuzz cases. Default 50,000. */
  readonly fuzzInputs?: number;
  /** Another seed, other damage. Default 1. */
  readonly seed?: number;
}

/**
 * The exam of every {@link FrameCodec}: what is written comes back, what is damaged is noticed, and whatever lies on the
 * disk, the codec answers. What `guarantees` claims must hold, and what it does not claim must be refused.
 */
export function frameCodecConformance(
  runner: SuiteRunner,
  name: string,
  codec: FrameCodec,
  supports: FrameCodecSupports = {},
): void {
  runner.describe(`FrameCodec: ${name}`, () => {
    declarationCases(runner, codec);
    const batches = batchArbitrary({
      maxRecords: Math.min(codec.maxRecordsPerFrame, 40),
      producer: codec.guarantees.producer,
    });
    roundTripCases(runner, codec, batches);
    frameResumeCases(runner, codec, batches);
    frameBatchCases(runner, codec);
    frameDamageCases(runner, codec);
    frameSearchCases(runner, codec);
    frameFuzzCases(runner, codec, { inputs: supports.fuzzInputs ?? 50_000, seed: supports.seed ?? 1 });
  });
}

function declarationCases(runner: SuiteRunner, codec: FrameCodec): void {
  runner.test('the codec says who it is', () => {
    assert.ok(Number.isInteger(codec.id) && codec.id >= 1 && codec.id <= 255);
    assert.match(codec.name, /^[\x21-\x7e]+$/);
    assert.ok(Number.isSafeInteger(codec.maxRecordsPerFrame) && codec.maxRecordsPerFrame >= 1);
    const { headerBytes } = segmentOf(codec);
    assert.ok(Number.isSafeInteger(headerBytes) && headerBytes >= 1);
  });
}

function roundTripCases(runner: SuiteRunner, codec: FrameCodec, batches: fc.Arbitrary<RecordBatch>): void {
  const segment = segmentOf(codec);

  runner.test('records come back as they were given, again with the same cursor', () => {
    const cursor = segment.createCursor();
    fc.assert(
      fc.property(batches, (batch) => {
        const frame = encodeFrame(segment, batch);
        const header = expectFrame(segment, frame, 0);
        assert.deepEqual(walk(cursor, frame, 0, header), storedRecords(batch));
        assert.equal(cursor.malformed, false);
      }),
      { numRuns: 400 },
    );
  });

  runner.test('the header states the facts of the batch, whatever stood in it before', () => {
    const header = new FrameHeader();
    fc.assert(
      fc.property(batches, (batch) => {
        const frame = encodeFrame(segment, batch);
        assert.equal(segment.peek(frame, 0, frame.length, header), 'frame');
        assert.equal(header.frameBytes, frame.length);
        assert.equal(header.count, batch.count);
        assert.equal(header.baseOffset, batch.baseOffset);
        assert.equal(header.lastOffset, storedRecords(batch).at(-1)?.offset);
        assert.equal(header.epoch, batch.epoch);
        assert.equal(header.minTimestampMs, batch.minTimestampMs);
        assert.equal(header.maxTimestampMs, batch.maxTimestampMs);
        assert.equal(header.appendTimeMs, batch.appendTimeMs);
        assert.equal(header.tombstones, batch.tombstones);
        assert.equal(header.stableUpTo, codec.guarantees.stableUpTo ? batch.stableUpTo : 0);
        assert.equal(header.hasProducer, batch.producer !== undefined);
        assert.deepEqual(segment.producer(frame, 0, header), batch.producer);
      }),
      { numRuns: 200 },
    );
  });

  runner.test('a frame of another segment is taken over as if it were written anew, or not at all', () => {
    const other = segmentOf(codec, { salt: 7, maxFrameBytes: MAX_FRAME_BYTES * 2 });
    assert.equal('adopt' in other, 'adopt' in segment, 'all segments can, or none');
    fc.assert(
      fc.property(
        batches,
        fc.nat(100),
        fc.nat({ max: Number.MAX_SAFE_INTEGER }),
        (batch, before, stableUpTo) => {
          const expected = encodeFrame(segment, { ...batch, stableUpTo });
          const target = patternBytes(before + expected.length + 5);
          const whole = target.slice();
          whole.set(expected, before);
          if (segment.adopt === undefined) segment.encode({ ...batch, stableUpTo }, target, before);
          else segment.adopt(encodeFrame(other, batch), stableUpTo, target, before);
          const small = segmentOf(codec, { maxFrameBytes: expected.length - 1 });
          if (small.adopt !== undefined)
            assert.throws(() => small.adopt?.(expected, 0, target, 0), RangeError);
          assert.equal(Buffer.compare(target, whole), 0, 'the same bytes, and nothing outside changes');
        },
      ),
      { numRuns: 200 },
    );
  });

  runner.test('a frame is written in its range only, and read from any position', () => {
    fc.assert(
      fc.property(batches, fc.nat(200), fc.nat(200), (batch, before, after) => {
        const frame = encodeFrame(segment, batch);
        const target = patternBytes(before + frame.length + after);
        const expected = target.slice();
        expected.set(frame, before);
        assert.equal(segment.encode(batch, target, before), frame.length);
        assert.equal(
          Buffer.compare(target, expected),
          0,
          'nothing outside changes, and nothing depends on what stood there',
        );
        const header = expectFrame(segment, target, before);
        assert.deepEqual(walk(segment.createCursor(), target, before, header), storedRecords(batch));
      }),
      { numRuns: 200 },
    );
  });
}
