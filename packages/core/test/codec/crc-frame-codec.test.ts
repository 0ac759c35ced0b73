import { decode } from 'cbor-x';
import { expect, test } from 'vitest';
import { crc32c, crcFrameCodec, FrameHeader, type RecordBatch, type SegmentCodec } from '../../src/index.js';

const logId = Uint8Array.from({ length: 16 }, (_, i) => i + 1);

function codec(maxFrameBytes = 1 << 20): SegmentCodec {
  return crcFrameCodec().forSegment({ logId, salt: 7, checksum: crc32c(), maxFrameBytes });
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

const small: RecordBatch = {
  records: [{ value: text('one') }],
  count: 1,
  baseOffset: 0,
  offsets: undefined,
  epoch: 0,
  appendTimeMs: 0,
  minTimestampMs: 0,
  maxTimestampMs: 0,
  tombstones: 0,
  stableUpTo: 0,
  producer: undefined,
};

const large: RecordBatch = {
  records: [
    {
      key: new Uint8Array(300).fill(0x6b),
      value: null,
      timestampMs: 2 ** 53 - 1,
      headers: [
        { name: 'trace', value: text('abc') },
        { name: 'é', value: new Uint8Array(0) },
      ],
    },
  ],
  count: 1,
  baseOffset: 70_000,
  offsets: [70_000],
  epoch: 200,
  appendTimeMs: 2 ** 32,
  minTimestampMs: 2 ** 53 - 1,
  maxTimestampMs: 2 ** 53 - 1,
  tombstones: 1,
  stableUpTo: 69_000,
  producer: undefined,
};

function encoded(batch: RecordBatch): Uint8Array {
  const target = new Uint8Array(codec().frameBytes(batch));
  expect(codec().encode(batch, target, 0)).toBe(target.length);
  return target;
}

/** A frame around any payload, with the checksum that makes it look genuine. */
function frameOf(payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(8 + payload.length);
  const view = new DataView(frame.buffer);
  view.setUint32(4, payload.length);
  frame.set(payload, 8);
  const seed = crc32c().of(Uint8Array.from([...logId, 0, 0, 0, 7]), 0, 20, 0);
  view.setUint32(0, crc32c().of(frame, 4, frame.length, seed));
  return frame;
}

test('the bytes of a frame are fixed for ever', () => {
  expect(Buffer.from(encoded(small)).toString('hex')).toBe('382ff3e40000000b8700000000f6436f6e6580');
  expect(Buffer.from(encoded(large)).toString('hex')).toBe(
    'c0ea11320000015b871a0001117018c81b001fffffffffffff1b000000010000000059012c6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6bf68282657472616365436162638262c3a940',
  );
});

test('the payload is standard CBOR that starts with the offset', () => {
  expect(decode(encoded(small).subarray(8))).toEqual([0, 0, 0, 0, null, text('one'), []]);
  expect(decode(encoded(large).subarray(8))).toEqual([
    70_000,
    200,
    2n ** 53n - 1n,
    2n ** 32n,
    new Uint8Array(300).fill(0x6b),
    null,
    [
      ['trace', text('abc')],
      ['é', new Uint8Array(0)],
    ],
  ]);
});

test('a frame gives back its facts and its record', () => {
  const segment = codec();
  const frame = encoded(large);
  const header = new FrameHeader();
  header.stableUpTo = 9;
  expect(segment.peek(frame, 0, frame.length, header)).toBe('frame');
  expect(header).toMatchObject({
    frameBytes: frame.length,
    flags: 0,
    count: 1,
    baseOffset: 70_000,
    lastOffset: 70_000,
    epoch: 200,
    minTimestampMs: 2 ** 53 - 1,
    maxTimestampMs: 2 ** 53 - 1,
    appendTimeMs: 2 ** 32,
    stableUpTo: 0,
    tombstones: 1,
    hasProducer: false,
  });
  expect(segment.verify(frame, 0, header)).toBe(true);
  expect(segment.producer(frame, 0, header)).toBeUndefined();
  const cursor = segment.createCursor();
  cursor.load(frame, 0, header);
  expect([cursor.key, cursor.headers]).toEqual([null, []]);
  expect(cursor.next()).toBe(true);
  expect(cursor).toMatchObject({ offset: 70_000, timestampMs: 2 ** 53 - 1, value: null, malformed: false });
  expect(cursor.key).toEqual(large.records[0]?.key);
  expect(cursor.headers).toEqual(large.records[0]?.headers);
  expect(cursor.next()).toBe(false);
});

test('a length that nothing proves is not passed on, and one beyond the limit is corrupt', () => {
  const frame = encoded(large);
  const header = new FrameHeader();
  header.frameBytes = 9;
  expect(codec().peek(frame, 0, 8, header)).toBe('partial');
  expect(header.frameBytes).toBe(0);
  expect(codec(frame.length - 1).peek(frame, 0, 8, header)).toBe('corrupt');
  expect(header.frameBytes).toBe(0);
});

test('a genuine checksum around anything else than a record is corrupt', () => {
  const record = [...encoded(small).subarray(8)];
  const payloads = [
    [0],
    record.slice(0, -1),
    [...record, 0],
    [0x86, ...record.slice(1)],
    [0x87, 0x20, ...record.slice(2)],
    [0x87, 0x18, 0x05, ...record.slice(2)],
    [0x87, 0x1b, 0, 0x20, 0, 0, 0, 0, 0, 0, ...record.slice(2)],
    [0x87, 0x1c, ...record.slice(2)],
    [0x87, 0x00, 0x1b, 0, 0, 0, 1, 0, 0, 0, 0, ...record.slice(3)],
    [0x87, 0, 0, 0, 0, 0x5a, 0xff, 0xff, 0xff, 0xff, 0xf6, 0x80],
    [0x87, 0, 0, 0, 0, 0xf6, 0x61, 0x61, 0x80],
    [0x87, 0, 0, 0, 0, 0xf6, 0xf6, 0x81, 0x81, 0x61, 0x61],
    [0x87, 0, 0, 0, 0, 0xf6, 0xf6, 0x81, 0x82, 0x41, 0x61, 0x40],
    [0x87, 0, 0, 0, 0, 0xf6, 0xf6, 0x81, 0x82, 0x61, 0x61, 0xf6],
    [0x87, 0, 0, 0, 0, 0xf6, 0xf6, 0x9b, 0, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  ];
  const header = new FrameHeader();
  const genuine = frameOf(Uint8Array.from(record));
  expect(codec().peek(genuine, 0, genuine.length, header)).toBe('frame');
  for (const payload of payloads) {
    const frame = frameOf(Uint8Array.from(payload));
    expect(codec().peek(frame, 0, frame.length, header), String(payload)).toBe('corrupt');
  }
});

test('a record that changed after it was found is not shown', () => {
  const segment = codec();
  const frame = encoded(small);
  const header = new FrameHeader();
  segment.peek(frame, 0, frame.length, header);
  const cursor = segment.createCursor();
  cursor.load(frame.subarray(0, frame.length - 1), 0, header);
  expect([cursor.next(), cursor.malformed]).toEqual([false, true]);
  frame[9] = 1;
  cursor.load(frame, 0, header);
  expect([cursor.next(), cursor.malformed]).toEqual([false, true]);
  expect(segment.verify(frame, 0, header)).toBe(false);
  expect(segment.verify(frame.subarray(1), 0, header)).toBe(false);
});

test('what a plain frame cannot hold is refused', () => {
  const bad: Partial<RecordBatch>[] = [
    { count: 2, records: [...small.records, ...small.records] },
    { producer: { id: 'p', epoch: 0, sequence: 0 } },
    { tombstones: 1 },
    { maxTimestampMs: 1 },
    { appendTimeMs: 1 },
    { baseOffset: 2 ** 53 },
    { epoch: -1 },
  ];
  for (const change of bad) {
    expect(() => codec().frameBytes({ ...small, ...change }), JSON.stringify(change)).toThrow(RangeError);
    expect(() => codec().encode({ ...small, ...change }, new Uint8Array(200), 0)).toThrow(RangeError);
  }
  const bytes = codec().frameBytes(small);
  expect(() => codec(bytes - 1).encode(small, new Uint8Array(200), 0)).toThrow(RangeError);
  expect(() => codec().encode(small, new Uint8Array(bytes), 1)).toThrow(RangeError);
});
