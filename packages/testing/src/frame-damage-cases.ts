import assert from 'node:assert/strict';
import { type FrameCodec, FrameHeader, type RecordBatch } from '@seglog/core';
import { patternBytes } from './expectation.js';
import { encodeFrame, passes, segmentOf } from './frame-fixture.js';
import { batchOf } from './record-arbitraries.js';
import type { SuiteRunner } from './suite-runner.js';

/** Torn, flipped, foreign and missing bytes: what recovery meets after a crash. */
export function frameDamageCases(runner: SuiteRunner, codec: FrameCodec): void {
  blankCases(runner, codec);
  tornCases(runner, codec);
  flipCases(runner, codec);
  if (codec.guarantees.bound) foreignCases(runner, codec);
}

/** Small frames that use every column this codec has. */
export function sampleBatches(codec: FrameCodec): RecordBatch[] {
  const producer = codec.guarantees.producer ? { id: 'producer-1', epoch: 3, sequence: 2 ** 40 } : undefined;
  const rich = { key: text('key'), value: text('value'), headers: [{ name: 'trace', value: text('abc') }] };
  const plain = batchOf([{ value: text('v') }], { baseOffset: 5, appendTimeMs: 1_700_000_000_000 });
  const alone = batchOf([{ ...rich, timestampMs: 77 }], {
    baseOffset: 2 ** 40,
    epoch: 2,
    stableUpTo: 9,
    producer,
  });
  if (codec.maxRecordsPerFrame < 3) return [plain, alone];
  const records = [
    { ...rich, timestampMs: 2 ** 50 },
    { value: null },
    { key: text('k'), value: patternBytes(140) },
  ];
  return [plain, alone, batchOf(records, { baseOffset: 300, gaps: [0, 1, 500], appendTimeMs: 88, producer })];
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

function blankCases(runner: SuiteRunner, codec: FrameCodec): void {
  const segment = segmentOf(codec);

  runner.test('where nothing was written, there is blank and no frame', () => {
    const zeros = new Uint8Array(segment.headerBytes + 100);
    for (let limit = 0; limit <= zeros.length; limit += 1) {
      for (const position of [0, Math.floor(limit / 2), limit]) {
        const header = new FrameHeader();
        assert.equal(segment.peek(zeros, position, limit, header), 'blank');
        assert.equal(header.frameBytes, 0);
      }
    }
  });

  runner.test('a frame is not seen beyond the limit, nor blank before it', () => {
    for (const batch of sampleBatches(codec)) {
      const frame = encodeFrame(segment, batch);
      const source = new Uint8Array(50 + frame.length);
      source.set(frame, 50);
      assert.equal(segment.peek(source, 50, 50, new FrameHeader()), 'blank');
      assert.equal(segment.peek(source, 50, source.length, new FrameHeader()), 'frame');
    }
  });
}

function tornCases(runner: SuiteRunner, codec: FrameCodec): void {
  const segment = segmentOf(codec);

  runner.test('a frame cut anywhere is never a frame', () => {
    for (const batch of sampleBatches(codec)) {
      const frame = encodeFrame(segment, batch);
      for (let limit = 0; limit < frame.length; limit += 1) {
        const header = new FrameHeader();
        const status = segment.peek(frame, 0, limit, header);
        assert.ok(
          status === 'partial' || (status === 'blank' && limit < segment.headerBytes),
          `${status} at ${limit}`,
        );
        const unknown =
          limit < segment.headerBytes || (header.frameBytes === 0 && !codec.guarantees.selfLocating);
        assert.equal(header.frameBytes, unknown ? 0 : frame.length, `length of a frame cut at ${limit}`);
      }
    }
  });

  runner.test('a frame of which only the start or only the end arrived never passes', () => {
    for (const batch of sampleBatches(codec)) {
      const frame = encodeFrame(segment, batch);
      for (let cut = 1; cut < frame.length; cut += 1) {
        const start = frame.slice().fill(0, cut);
        const end = frame.slice().fill(0, 0, cut);
        if (Buffer.compare(start, frame) !== 0) assert.ok(!passes(segment, start, 0), `zeros from ${cut}`);
        if (Buffer.compare(end, frame) !== 0) assert.ok(!passes(segment, end, 0), `zeros up to ${cut}`);
      }
    }
  });
}

function flipCases(runner: SuiteRunner, codec: FrameCodec): void {
  runner.test('every single flipped bit is noticed, and never looks like blank space', () => {
    const segment = segmentOf(codec);
    for (const batch of sampleBatches(codec)) {
      const frame = encodeFrame(segment, batch);
      for (let bit = 0; bit < frame.length * 8; bit += 1) {
        const damaged = frame.slice();
        damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        assert.ok(!passes(segment, damaged, 0), `bit ${bit} of ${frame.length * 8}`);
        assert.notEqual(segment.peek(damaged, 0, damaged.length, new FrameHeader()), 'blank');
      }
    }
  });
}

function foreignCases(runner: SuiteRunner, codec: FrameCodec): void {
  runner.test('a frame of another segment or another log never passes', () => {
    for (const batch of sampleBatches(codec)) {
      const frame = encodeFrame(segmentOf(codec), batch);
      for (let bit = 0; bit < 32; bit += 1) {
        assert.ok(
          !passes(segmentOf(codec, { salt: (0x5e91 ^ (1 << bit)) >>> 0 }), frame, 0),
          `salt, bit ${bit}`,
        );
      }
      for (let seed = 2; seed < 50; seed += 1) {
        assert.ok(!passes(segmentOf(codec, { logId: patternBytes(16, seed) }), frame, 0), `log ${seed}`);
      }
    }
  });
}
