import assert from 'node:assert/strict';
import { type FrameCodec, type FrameCursor, FrameHeader, type SegmentCodec } from '@seglog/core';
import { sampleBatches } from './frame-damage-cases.js';
import { credulous, encodeFrame, passes, segmentOf, walk } from './frame-fixture.js';
import { SeededRandom } from './simulated/seeded-random.js';
import type { SuiteRunner } from './suite-runner.js';

export interface FuzzVolume {
  readonly inputs: number;
  readonly seed: number;
}

/** Bytes before and after the range that a codec may look at. */
const MARGIN = 40;

/** No bytes make a codec throw, hang, or look outside the range that it was given. */
export function frameFuzzCases(runner: SuiteRunner, codec: FrameCodec, { inputs, seed }: FuzzVolume): void {
  runner.test(`random bytes are never a frame (seed ${seed})`, () => {
    const segment = segmentOf(codec);
    const random = new SeededRandom(seed);
    for (let run = 0; run < inputs / 5; run += 1) {
      const source = random.bytes(random.below(300));
      const status = segment.peek(source, 0, source.length, new FrameHeader());
      assert.notEqual(status, 'frame', `input ${run}`);
    }
  });

  runner.test(`a damaged frame never passes (seed ${seed})`, () => {
    const segment = segmentOf(codec);
    const frames = sampleBatches(codec).map((batch) => encodeFrame(segment, batch));
    const random = new SeededRandom(seed, 1);
    for (let run = 0; run < inputs / 5; run += 1) {
      const frame = pick(frames, random);
      const damaged = mutated(frame, random, 0);
      if (!startsWith(damaged, frame)) assert.ok(!passes(segment, damaged, 0), `input ${run}`);
    }
  });

  runner.test(`damage under a checksum that holds is survived (seed ${seed})`, () => {
    const segment = segmentOf(codec, { checksum: credulous });
    const cursor = segment.createCursor();
    const frames = sampleBatches(codec).map((batch) => encodeFrame(segment, batch));
    const random = new SeededRandom(seed, 2);
    let believed = 0;
    for (let run = 0; run < (inputs * 3) / 5; run += 1) {
      const bytes = mutated(pick(frames, random), random, 1 + random.below(4));
      if (surveyed(segment, cursor, bytes).startsWith('frame')) believed += 1;
    }
    assert.ok(
      believed > inputs / 100,
      `only ${believed} damaged frames were believed: the damage proves nothing`,
    );
  });
}

/** Reads the bytes twice, with different bytes around them: what differs was read outside. */
function surveyed(segment: SegmentCodec, cursor: FrameCursor, bytes: Uint8Array): string {
  const answers = [0x00, 0xff].map((around) => {
    const source = new Uint8Array(bytes.length + 2 * MARGIN).fill(around);
    source.set(bytes, MARGIN);
    return survey(segment, cursor, source, source.length - MARGIN);
  });
  assert.equal(answers[0], answers[1], 'the answer depends on bytes outside the range');
  return answers[0] ?? '';
}

function survey(segment: SegmentCodec, cursor: FrameCursor, source: Uint8Array, limit: number): string {
  const header = new FrameHeader();
  const status = segment.peek(source, MARGIN, limit, header);
  const located = segment.locate(source, MARGIN, limit);
  assert.ok(located >= MARGIN && located <= limit);
  if (status !== 'frame') return `${status} ${header.frameBytes} ${located}`;
  expectSane(header, limit);
  const verified = segment.verify(source, MARGIN, header);
  const records = walk(cursor, source, MARGIN, header);
  if (!cursor.malformed) expectCounted(records, header);
  const stamp = segment.producer(source, MARGIN, header);
  return `frame ${located} ${verified} ${cursor.malformed} ${JSON.stringify([header, stamp, records])}`;
}

/** What the log builds on without asking again. */
function expectSane(header: FrameHeader, limit: number): void {
  assert.ok(header.frameBytes > 0 && MARGIN + header.frameBytes <= limit, 'a frame lies below the limit');
  assert.ok(header.count >= 1 && header.tombstones <= header.count);
  assert.ok(header.lastOffset - header.baseOffset >= header.count - 1);
  assert.ok(header.minTimestampMs <= header.maxTimestampMs);
  const { baseOffset, lastOffset, minTimestampMs, maxTimestampMs, appendTimeMs, stableUpTo } = header;
  for (const number of [baseOffset, lastOffset, minTimestampMs, maxTimestampMs, appendTimeMs, stableUpTo]) {
    assert.ok(Number.isSafeInteger(number) && number >= 0, `${number} is no offset and no time`);
  }
}

function expectCounted(records: readonly { readonly offset: number }[], header: FrameHeader): void {
  assert.equal(records.length, header.count, 'a frame that is not malformed holds what its header says');
  assert.equal(records[0]?.offset, header.baseOffset);
  assert.equal(records.at(-1)?.offset, header.lastOffset);
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  return bytes.length >= start.length && Buffer.compare(bytes.subarray(0, start.length), start) === 0;
}

function pick(frames: readonly Uint8Array[], random: SeededRandom): Uint8Array {
  const frame = frames[random.below(frames.length)];
  assert.ok(frame !== undefined);
  return frame;
}

const NUMBERS = [0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff_ffff, 0xffff_ffff] as const;

/** The frame with a few bytes changed, a number replaced, a part moved, or a new end. */
function mutated(frame: Uint8Array, random: SeededRandom, changes: number): Uint8Array {
  let bytes = frame.slice();
  for (let left = changes === 0 ? 1 + random.below(6) : changes; left > 0; left -= 1) {
    const at = random.below(bytes.length);
    const kind = random.below(16);
    if (kind === 0) bytes = bytes.slice(0, at + 1);
    else if (kind === 1) bytes = new Uint8Array(Buffer.concat([bytes, random.bytes(random.below(40))]));
    else if (kind === 2) bytes.copyWithin(at, random.below(bytes.length));
    else if (kind === 3) bytes.fill(random.below(2) === 0 ? 0 : 0xff, at, at + random.below(12));
    else if (kind < 7) writeNumber(bytes, at & ~3, NUMBERS[random.below(NUMBERS.length)] ?? 0);
    else bytes[at] = random.nextUint32() & 0xff;
  }
  return bytes;
}

function writeNumber(bytes: Uint8Array, at: number, value: number): void {
  for (let i = 0; i < 4 && at + i < bytes.length; i += 1) bytes[at + i] = (value >>> (24 - 8 * i)) & 0xff;
}
