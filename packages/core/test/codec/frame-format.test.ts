import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  batchFrameCodec,
  crc32c,
  crcFrameCodec,
  type FrameCodec,
  type RecordBatch,
} from '../../src/index.js';

const page = readFileSync(new URL('../../../../docs/format.md', import.meta.url), 'utf8');
const logId = Uint8Array.from({ length: 16 }, (_, i) => 255 - i);
const context = { logId, salt: 0xfeed_f00d, checksum: crc32c(), maxFrameBytes: 1000 };
const seed = crc32c().of(Uint8Array.from([...logId, 0xfe, 0xed, 0xf0, 0x0d]), 0, 20, 0);

const batch: RecordBatch = {
  records: [{ value: null }, { key: Uint8Array.of(1), value: Uint8Array.of(2, 3), timestampMs: 7001 }],
  count: 2,
  baseOffset: 2 ** 41 + 5,
  offsets: [2 ** 41 + 5, 2 ** 41 + 305],
  epoch: 17,
  appendTimeMs: 7000,
  minTimestampMs: 7000,
  maxTimestampMs: 7001,
  tombstones: 1,
  stableUpTo: 2 ** 41 + 1,
  producer: { id: 'abc', epoch: 19, sequence: 2 ** 35 + 23 },
};

interface Field {
  readonly position: number;
  readonly bytes: number;
}

/** The fields of the first table below a heading, by name; a field of variable length has no bytes here. */
function fieldsBelow(heading: string): Map<string, Field> {
  const section = page.split(`### ${heading}\n`)[1]?.split('\n#')[0] ?? '';
  const rows = section.matchAll(/^\| (\d+) \| ([^|]+) \| ([^|]+) \|/gm);
  return new Map(
    [...rows].map(([, position, bytes, field]) => [
      String(field),
      { position: Number(position), bytes: Number(bytes) },
    ]),
  );
}

function encoded(codec: FrameCodec, given: RecordBatch): Uint8Array {
  const segment = codec.forSegment(context);
  const frame = new Uint8Array(segment.frameBytes(given));
  segment.encode(given, frame, 0);
  return frame;
}

function numbersOf(frame: Uint8Array, fields: ReadonlyMap<string, Field>): Record<string, number> {
  const view = new DataView(frame.buffer);
  const fixed = [...fields].filter(([, { bytes }]) => bytes === 4 || bytes === 8);
  return Object.fromEntries(
    fixed.map(([name, { position, bytes }]) => [
      name,
      bytes === 4 ? view.getUint32(position) : Number(view.getBigUint64(position)),
    ]),
  );
}

test('a batch frame lies as the page says', () => {
  const frame = encoded(batchFrameCodec(), batch);
  const body = 'abc'.length + 1 + (1 + 1 + 1 + 1) + (2 + 1 + 2 + 3);
  expect(numbersOf(frame, fieldsBelow('Batch frame'))).toEqual({
    magic: 0xf5534c42,
    'body bytes': body,
    'body checksum': crc32c().of(frame, 88, frame.length, seed),
    flags: 1 + 2 + 8,
    count: 2,
    tombstones: 1,
    'base offset': 2 ** 41 + 5,
    'last offset delta': 300,
    epoch: 17,
    'lowest timestamp': 7000,
    'highest timestamp': 7001,
    'append time': 7000,
    'stable up to': 2 ** 41 + 1,
    'producer sequence': 2 ** 35 + 23,
    'producer epoch': 19,
    'header checksum': crc32c().of(frame, 0, 84, seed),
  });
  expect(fieldsBelow('Batch frame').get('body')?.position).toBe(frame.length - body);
  const records = [0, 0, 0, 0, 0xac, 0x02, 1, 2, 1, 3, 2, 3];
  expect([...frame.subarray(88)]).toEqual([3, 0x61, 0x62, 0x63, ...records]);
});

test('a plain frame lies as the page says', () => {
  const single = { ...batch, count: 1, maxTimestampMs: 7000, producer: undefined };
  const frame = encoded(crcFrameCodec(), single);
  expect(numbersOf(frame, fieldsBelow('Plain frame'))).toEqual({
    checksum: crc32c().of(frame, 4, frame.length, seed),
    length: frame.length - 8,
  });
  expect(fieldsBelow('Plain frame').get('payload')?.position).toBe(8);
  const offset = [0x1b, 0, 0, 2, 0, 0, 0, 0, 5];
  const time = [0x19, 0x1b, 0x58];
  expect([...frame.subarray(8)]).toEqual([0x87, ...offset, 17, ...time, ...time, 0xf6, 0xf6, 0x80]);
});
