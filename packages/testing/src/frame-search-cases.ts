import assert from 'node:assert/strict';
import { type FrameCodec, FrameHeader, type SegmentCodec } from '@seglog/core';
import { patternBytes } from './expectation.js';
import { sampleBatches } from './frame-damage-cases.js';
import { encodeFrame, passes, segmentOf } from './frame-fixture.js';
import type { SuiteRunner } from './suite-runner.js';

/** Looking for life beyond damage. */
export function frameSearchCases(runner: SuiteRunner, codec: FrameCodec): void {
  const segment = segmentOf(codec);
  if (codec.guarantees.selfLocating) searchCases(runner, codec, segment);
  else {
    runner.test('a codec that finds nothing says so', () => {
      const frames = sampleBatches(codec).map((batch) => encodeFrame(segment, batch));
      for (const frame of frames) {
        for (const position of [0, 3, frame.length])
          assert.equal(segment.locate(frame, position, frame.length), frame.length);
      }
    });
  }

  runner.test('frames are walked one after the other to their end', () => {
    const batches = sampleBatches(codec);
    const source = joined(batches.map((batch) => encodeFrame(segment, batch)));
    const header = new FrameHeader();
    let position = 0;
    for (const batch of batches) {
      assert.equal(segment.peek(source, position, source.length, header), 'frame');
      assert.equal(header.baseOffset, batch.baseOffset);
      position += header.frameBytes;
    }
    assert.equal(segment.peek(source, position, source.length, header), 'blank');
  });
}

function searchCases(runner: SuiteRunner, codec: FrameCodec, segment: SegmentCodec): void {
  const encodeAll = (): Uint8Array[] => sampleBatches(codec).map((batch) => encodeFrame(segment, batch));

  runner.test('a frame is found behind any garbage, and none is invented', () => {
    for (const frame of encodeAll()) {
      for (const garbage of garbageBefore(frame)) {
        const source = joined([garbage, frame, patternBytes(100, 3)]);
        assert.deepEqual(found(segment, source, source.length), [garbage.length]);
        assert.deepEqual(found(segment, source, garbage.length), [], 'nothing is looked at beyond the limit');
      }
    }
  });

  runner.test('every frame is found from every position before it', () => {
    const frames = encodeAll();
    const source = joined([patternBytes(13), ...frames, patternBytes(29)]);
    const starts = found(segment, source, source.length);
    assert.equal(starts.length, frames.length);
    for (let from = 0; from <= source.length; from += 1) {
      const next = segment.locate(source, from, source.length);
      assert.ok(next >= from && next <= source.length);
      const frame = starts.find((start) => start >= from) ?? source.length;
      assert.ok(next <= frame, `from ${from}: ${next} leaves out the frame at ${frame}`);
    }
  });
}

function garbageBefore(frame: Uint8Array): Uint8Array[] {
  return [
    new Uint8Array(0),
    new Uint8Array(600),
    patternBytes(1000, 7),
    new Uint8Array(100).fill(frame[0] ?? 0),
    frame.subarray(0, 1),
    frame.subarray(0, frame.length - 1),
    frame.subarray(1),
  ];
}

/** Where frames pass, searched as recovery does. */
function found(segment: SegmentCodec, source: Uint8Array, limit: number): number[] {
  const range = source.subarray(0, limit);
  const positions: number[] = [];
  let position = segment.locate(source, 0, limit);
  while (position < limit) {
    if (passes(segment, range, position)) positions.push(position);
    const next = segment.locate(source, position + 1, limit);
    assert.ok(next > position, 'a search goes on');
    position = next;
  }
  assert.equal(position, limit);
  return positions;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
