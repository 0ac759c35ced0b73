import { expect, test } from 'vitest';
import {
  batchFrameCodec,
  crc32c,
  FrameHeader,
  type RecordBatch,
  type SegmentCodec,
} from '../../src/index.js';

const logId = Uint8Array.from({ length: 16 }, (_, i) => i + 1);

function codec(maxFrameBytes = 1 << 20, salt = 7): SegmentCodec {
  return batchFrameCodec().forSegment({ logId, salt, checksum: crc32c(), maxFrameBytes });
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

const dense: RecordBatch = {
  records: [{ key: text('k'), value: text('one') }, { value: null }],
  count: 2,
  baseOffset: 41,
  offsets: undefined,
  epoch: 3,
  appendTimeMs: 1_700_000_000_000,
  minTimestampMs: 1_700_000_000_000,
  maxTimestampMs: 1_700_000_000_000,
  tombstones: 1,
  stableUpTo: 40,
  producer: undefined,
};

const rich: RecordBatch = {
  records: [
    {
      key: new Uint8Array(0),
      value: text('x'.repeat(130)),
      timestampMs: 2 ** 53 - 1,
      headers: [{ name: 'é', value: text('v') }],
    },
    { key: null, value: new Uint8Array(0), timestampMs: 0 },
    { key: text('last'), value: null, timestampMs: 300, headers: [] },
  ],
  count: 3,
  baseOffset: 2 ** 40,
  offsets: [2 ** 40, 2 ** 40 + 1, 2 ** 40 + 300],
  epoch: 0xffff_ffff,
  appendTimeMs: 5,
  minTimestampMs: 0,
  maxTimestampMs: 2 ** 53 - 1,
  tombstones: 1,
  stableUpTo: 2 ** 53 - 1,
  producer: { id: 'p-1', epoch: 9, sequence: 2 ** 33 },
};

function encoded(batch: RecordBatch, segment = codec()): Uint8Array {
  const target = new Uint8Array(segment.frameBytes(batch));
  expect(segment.encode(batch, target, 0)).toBe(target.length);
  return target;
}

/** The frame with `change` applied and its header checksum made valid again. */
function patched(frame: Uint8Array, change: (view: DataView) => void): Uint8Array {
  const copy = frame.slice();
  const view = new DataView(copy.buffer);
  change(view);
  const seed = crc32c().of(Uint8Array.from([...logId, 0, 0, 0, 7]), 0, 20, 0);
  view.setUint32(84, crc32c().of(copy, 0, 84, seed));
  return copy;
}

test('the bytes of a frame are fixed for ever', () => {
  expect(Buffer.from(encoded(dense)).toString('hex')).toBe(
    'f5534c4200000008e1b00f02000000000000000200000001000000000000002900000001000000030000018bcfe568000000018bcfe568000000018bcfe5680000000000000000280000000000000000000000009e7c4849026b046f6e650000',
  );
  expect(Buffer.from(encoded(rich)).toString('hex')).toBe(
    'f5534c42000000a8d673912c0000000f000000030000000100000100000000000000012cffffffff0000000000000000001fffffffffffff0000000000000005001fffffffffffff00000002000000000000000936a9dff903702d3100ffffffffffffff0f018301787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878787878780102c3a901760100000100ab02ac02056c6173740000',
  );
});

test('a frame gives back its facts, its stamp and its records', () => {
  const segment = codec();
  const frame = encoded(rich);
  const header = new FrameHeader();
  expect(segment.peek(frame, 0, frame.length, header)).toBe('frame');
  expect(header).toMatchObject({
    frameBytes: frame.length,
    count: 3,
    baseOffset: 2 ** 40,
    lastOffset: 2 ** 40 + 300,
    epoch: 0xffff_ffff,
    minTimestampMs: 0,
    maxTimestampMs: 2 ** 53 - 1,
    appendTimeMs: 5,
    stableUpTo: 2 ** 53 - 1,
    tombstones: 1,
    hasProducer: true,
  });
  expect(segment.verify(frame, 0, header)).toBe(true);
  expect(segment.producer(frame, 0, header)).toEqual(rich.producer);
  const cursor = segment.createCursor();
  cursor.load(frame, 0, header);
  const seen: unknown[] = [];
  while (cursor.next()) {
    const { offset, timestampMs, key, value, headers } = cursor;
    seen.push({ offset, timestampMs, key, value, headers });
  }
  expect(cursor.malformed).toBe(false);
  expect(seen).toEqual(
    rich.records.map((record, i) => ({
      offset: rich.offsets?.[i],
      timestampMs: record.timestampMs,
      key: record.key,
      value: record.value,
      headers: record.headers ?? [],
    })),
  );
});

test('116 bytes of payload take at most 119 bytes on disk in batches of 1000', () => {
  const records = Array.from({ length: 1000 }, () => ({
    key: new Uint8Array(16),
    value: new Uint8Array(100),
  }));
  expect(codec().frameBytes({ ...dense, records, count: 1000, tombstones: 0 })).toBe(88 + 1000 * 118);
});

test('a frame of a newer version is kept whole, and its records are not guessed', () => {
  const segment = codec();
  for (const flag of [0x10, 0x8000_0000]) {
    const frame = patched(encoded(dense), (view) => view.setUint32(12, flag));
    const header = new FrameHeader();
    expect(segment.peek(frame, 0, frame.length, header)).toBe('frame');
    expect(header).toMatchObject({ flags: flag, frameBytes: frame.length, lastOffset: 42 });
    expect(segment.verify(frame, 0, header)).toBe(true);
    const cursor = segment.createCursor();
    cursor.load(frame, 0, header);
    expect([cursor.malformed, cursor.next(), cursor.malformed]).toEqual([true, false, true]);
  }
});

test('facts that no writer states are corrupt, whatever the checksum says', () => {
  const frame = encoded(dense);
  const changes: ((view: DataView) => void)[] = [
    (view) => view.setUint32(4, 0xffff_ffff),
    (view) => view.setUint32(4, 3),
    (view) => view.setUint32(16, 0),
    (view) => view.setUint32(16, 3),
    (view) => view.setUint32(16, 0xffff_ffff),
    (view) => view.setUint32(20, 3),
    (view) => view.setBigUint64(24, 2n ** 53n - 1n),
    (view) => view.setUint32(32, 0),
    (view) => view.setUint32(32, 2),
    (view) => view.setBigUint64(40, 2n ** 53n - 1n),
    (view) => view.setBigUint64(48, 2n ** 53n - 1n),
    (view) => view.setBigUint64(56, 2n ** 53n),
    (view) => view.setBigUint64(64, 2n ** 64n - 1n),
  ];
  for (const change of changes) {
    const header = new FrameHeader();
    expect(codec().peek(patched(frame, change), 0, frame.length, header), change.toString()).toBe('corrupt');
    expect(header.frameBytes).toBe(0);
  }
});

test('a body that is not what the header says ends the walk as malformed', () => {
  const segment = codec();
  const body = 88;
  const changes: ((frame: Uint8Array) => void)[] = [
    (frame) => frame.fill(0xff, body),
    (frame) => frame.fill(0, body),
    (frame) => frame.set([0x80, 0], body),
    (frame) => frame.set([2, 120, 3], body),
    (frame) => frame.set([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], body),
  ];
  for (const change of changes) {
    const frame = encoded(dense);
    const header = new FrameHeader();
    segment.peek(frame, 0, frame.length, header);
    change(frame);
    const cursor = segment.createCursor();
    cursor.load(frame, 0, header);
    let records = 0;
    while (cursor.next()) records++;
    expect(cursor.malformed, change.toString()).toBe(true);
    expect(records).toBeLessThan(2);
    expect([cursor.key, cursor.value, cursor.headers]).toEqual([null, null, []]);
  }
});

test('a batch that contradicts itself or does not fit is refused', () => {
  const bad: [Partial<RecordBatch>, typeof RangeError | typeof TypeError][] = [
    [{ count: 0 }, RangeError],
    [{ count: 3 }, RangeError],
    [{ count: 1.5 }, RangeError],
    [{ baseOffset: -1 }, RangeError],
    [{ baseOffset: 2 ** 53 - 1 }, RangeError],
    [{ offsets: [41] }, RangeError],
    [{ offsets: [40, 41] }, RangeError],
    [{ offsets: [41, 41] }, RangeError],
    [{ offsets: [41, 2 ** 33] }, RangeError],
    [{ epoch: 2 ** 32 }, RangeError],
    [{ appendTimeMs: -1 }, RangeError],
    [{ minTimestampMs: 0, maxTimestampMs: 1 }, RangeError],
    [{ minTimestampMs: 2 ** 52 }, RangeError],
    [{ tombstones: 0 }, RangeError],
    [{ stableUpTo: Number.NaN }, RangeError],
    [{ producer: { id: '', epoch: 0, sequence: 0 } }, RangeError],
    [{ producer: { id: 'é'.repeat(65), epoch: 0, sequence: 0 } }, RangeError],
    [{ producer: { id: 'p', epoch: -1, sequence: 0 } }, RangeError],
    [{ producer: { id: 'p', epoch: 0, sequence: 0.5 } }, RangeError],
    [
      {
        records: [
          { value: null, headers: [{ name: 'x'.repeat(32_768), value: text('') }] },
          { value: text('') },
        ],
      },
      RangeError,
    ],
  ];
  for (const [change, kind] of bad) {
    expect(() => codec().frameBytes({ ...dense, ...change }), JSON.stringify(change)).toThrow(kind);
  }
});

test('an unwritable frame leaves no header behind', () => {
  const bytes = codec().frameBytes(dense);
  const target = new Uint8Array(bytes);
  expect(() => codec(bytes - 1).encode(dense, target, 0)).toThrow(RangeError);
  expect(() => codec().encode(dense, target, 1)).toThrow(RangeError);
  expect(target.subarray(0, 88).every((byte) => byte === 0)).toBe(true);
  expect(codec(bytes).encode(dense, target, 0)).toBe(bytes);
});

test('a codec needs the whole identity of its segment', () => {
  const context = { logId, salt: 7, checksum: crc32c(), maxFrameBytes: 100 };
  for (const change of [
    { logId: logId.subarray(1) },
    { salt: -1 },
    { salt: 2 ** 32 },
    { maxFrameBytes: 0 },
  ]) {
    expect(() => batchFrameCodec().forSegment({ ...context, ...change })).toThrow(RangeError);
  }
});

test('a candidate is found wherever its magic stands, also cut by the limit', () => {
  const segment = codec();
  const source = Uint8Array.of(0xf5, 0x53, 0, 0xf5, 0xf5, 0x53, 0x4c, 0x42, 0, 0xf5, 0x53);
  expect(segment.locate(source, 0, 11)).toBe(4);
  expect(segment.locate(source, 5, 11)).toBe(9);
  expect(segment.locate(source, 5, 9)).toBe(9);
  expect(segment.locate(source, 10, 11)).toBe(11);
  expect(segment.locate(source, 4, 5)).toBe(4);
});

test('space, beginnings and strangers are told apart', () => {
  const segment = codec();
  const frame = encoded(dense);
  const header = new FrameHeader();
  const peek = (source: Uint8Array): string => segment.peek(source, 0, source.length, header);
  expect(peek(new Uint8Array(0))).toBe('blank');
  expect(peek(new Uint8Array(87))).toBe('blank');
  expect(peek(new Uint8Array(88))).toBe('blank');
  expect(peek(frame.subarray(0, 2))).toBe('partial');
  expect(header.frameBytes).toBe(0);
  expect(peek(frame.subarray(0, 90))).toBe('partial');
  expect(header.frameBytes).toBe(frame.length);
  expect(peek(frame.subarray(1, 50))).toBe('corrupt');
  expect(peek(Uint8Array.from([...new Uint8Array(87), 1]))).toBe('corrupt');
  expect(peek(Uint8Array.from([...frame.subarray(0, 84), 0, 0, 0, 0]))).toBe('corrupt');
});

test('a stamp and a body that are not all there are not read', () => {
  const segment = codec();
  const frame = encoded(rich);
  const header = new FrameHeader();
  segment.peek(frame, 0, frame.length, header);
  for (const length of [0, 88, 91, frame.length - 1]) {
    const short = frame.subarray(0, length);
    expect(segment.verify(short, 0, header)).toBe(false);
    if (length < 92) expect(segment.producer(short, 0, header)).toBeUndefined();
    const cursor = segment.createCursor();
    cursor.load(short, 0, header);
    expect([cursor.malformed, cursor.next()]).toEqual([true, false]);
  }
  const changed: ((view: DataView) => void)[] = [
    (view) => view.setUint8(88, 0),
    (view) => view.setUint8(88, 129),
    (view) => view.setUint8(88, 128),
    (view) => view.setBigUint64(72, 2n ** 53n),
  ];
  for (const change of changed) {
    const small = encoded({ ...dense, producer: rich.producer });
    segment.peek(small, 0, small.length, header);
    expect(segment.producer(patched(small, change), 0, header), change.toString()).toBeUndefined();
  }
  expect(segment.producer(encoded(dense), 0, new FrameHeader())).toBeUndefined();
});
