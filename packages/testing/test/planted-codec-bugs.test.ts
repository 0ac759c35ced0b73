import {
  batchFrameCodec,
  type Checksum,
  crc32c,
  crcFrameCodec,
  type FrameCodec,
  type SegmentCodec,
  type SegmentCodecContext,
} from '@seglog/core';
import { describe, expect, test } from 'vitest';
import { frameCodecConformance } from '../src/index.js';
import { failuresOf } from './planted-runner.js';

type Change = (segment: SegmentCodec, context: SegmentCodecContext) => Partial<SegmentCodec>;

function segmentWith(codec: FrameCodec, change: Change): FrameCodec {
  const { id, name, guarantees, maxRecordsPerFrame } = codec;
  return {
    id,
    name,
    guarantees,
    maxRecordsPerFrame,
    forSegment: (context) => {
      const segment = codec.forSegment(context);
      const whole: SegmentCodec = {
        headerBytes: segment.headerBytes,
        frameBytes: (batch) => segment.frameBytes(batch),
        encode: (batch, target, position) => segment.encode(batch, target, position),
        peek: (source, position, limit, into) => segment.peek(source, position, limit, into),
        verify: (source, position, header) => segment.verify(source, position, header),
        producer: (source, position, header) => segment.producer(source, position, header),
        locate: (source, position, limit) => segment.locate(source, position, limit),
        createCursor: () => segment.createCursor(),
      };
      return { ...whole, ...change(segment, context) };
    },
  };
}

const claiming = (codec: FrameCodec, claims: Partial<FrameCodec['guarantees']>): FrameCodec => {
  const { id, name, guarantees, maxRecordsPerFrame } = codec;
  return {
    id,
    name,
    maxRecordsPerFrame,
    guarantees: { ...guarantees, ...claims },
    forSegment: (context) => codec.forSegment(context),
  };
};

const inContext = (
  codec: FrameCodec,
  change: (context: SegmentCodecContext) => Partial<SegmentCodecContext>,
): FrameCodec => {
  const { id, name, guarantees, maxRecordsPerFrame } = codec;
  const forSegment = (context: SegmentCodecContext): SegmentCodec =>
    codec.forSegment({ ...context, ...change(context) });
  return { id, name, guarantees, maxRecordsPerFrame, forSegment };
};

/** Leaves out the last byte of what it covers. */
const shortSighted = (checksum: Checksum): Checksum => ({
  ...checksum,
  of: (source, start, end, seed) => checksum.of(source, start, Math.max(start, end - 1), seed),
});

const batch = batchFrameCodec();
const plain = crcFrameCodec();

const broken: Record<string, FrameCodec> = {
  'a body that is not verified': segmentWith(batch, () => ({ verify: () => true })),
  'a checksum that proves nothing': inContext(batch, () => ({
    checksum: { id: 9, name: 'none', of: () => 0 },
  })),
  'a checksum that stops too early': inContext(batch, ({ checksum }) => ({
    checksum: shortSighted(checksum),
  })),
  'frames of any segment': inContext(batch, () => ({ salt: 0 })),
  'frames of any log': inContext(plain, () => ({ logId: new Uint8Array(16) })),
  'a length that is one byte too long': segmentWith(batch, (segment) => ({
    frameBytes: (it) => segment.frameBytes(it) + 1,
  })),
  'a byte written behind the frame': segmentWith(batch, (segment) => ({
    encode: (it, target, position) => {
      const bytes = segment.encode(it, target, position);
      target[position + bytes] = 0;
      return bytes;
    },
  })),
  'a limit that is not looked at': segmentWith(batch, (segment) => ({
    peek: (source, position, _limit, into) => segment.peek(source, position, source.length, into),
  })),
  'a longest frame that is not looked at': inContext(plain, () => ({ maxFrameBytes: 2 ** 31 })),
  'a torn frame that looks blank': segmentWith(batch, (segment) => ({
    peek: (source, position, limit, into) => {
      const status = segment.peek(source, position, limit, into);
      return status === 'partial' ? 'blank' : status;
    },
  })),
  'zeros that look torn': segmentWith(plain, (segment) => ({
    peek: (source, position, limit, into) => {
      const status = segment.peek(source, position, limit, into);
      return status === 'blank' ? 'partial' : status;
    },
  })),
  'a search that passes a frame': segmentWith(batch, (segment) => ({
    locate: (source, position, limit) => segment.locate(source, Math.min(position + 1, limit), limit),
  })),
  'a search that goes back': segmentWith(batch, (segment) => ({
    locate: (source, _position, limit) => segment.locate(source, 0, limit),
  })),
  'a search that is not there': claiming(plain, { selfLocating: true }),
  'a stamp that is lost': segmentWith(batch, () => ({ producer: () => undefined })),
  'a stamp that is claimed and refused': claiming(plain, { producer: true }),
  'a stable mark that is claimed and not there': claiming(plain, { stableUpTo: true }),
  'offsets one too high': segmentWith(batch, (segment) => ({
    createCursor: () => {
      const cursor = segment.createCursor();
      return new Proxy(cursor, {
        get: (target, key) => {
          const found: unknown = Reflect.get(target, key, target);
          if (typeof found === 'function') return found.bind(target);
          return key === 'offset' ? Number(found) + 1 : found;
        },
      });
    },
  })),
  'headers in another order': segmentWith(plain, (segment) => ({
    encode: (it, target, position) => {
      const records = it.records.map((record) => ({ ...record, headers: record.headers?.toReversed() }));
      return segment.encode({ ...it, records }, target, position);
    },
  })),
};

describe('an exam of frame codecs notices', () => {
  for (const [bug, codec] of Object.entries(broken)) {
    test(bug, async () => {
      const failures = await failuresOf((runner) =>
        frameCodecConformance(runner, bug, codec, { fuzzInputs: 500 }),
      );
      expect(failures).not.toEqual([]);
    });
  }

  test('nothing in codecs that are sound', async () => {
    for (const codec of [batch, plain, inContext(batch, () => ({ checksum: crc32c() }))]) {
      expect(
        await failuresOf((runner) => frameCodecConformance(runner, 'sound', codec, { fuzzInputs: 500 })),
      ).toHaveLength(0);
    }
  });
});
