import { describe, expect, test } from 'vitest';
import { batchFrameCodec, crc32c, crcFrameCodec, type SegmentFacts } from '../../src/index.js';
import { FormatRegistry } from '../../src/segment/format-registry.js';
import {
  decodeSegmentFooter,
  encodeSegmentFooter,
  SEGMENT_FOOTER_BYTES,
} from '../../src/segment/segment-footer.js';
import { decodeSegmentHeader, encodeSegmentHeader } from '../../src/segment/segment-header.js';
import { parseSegmentFileName, segmentFileName } from '../../src/segment/segment-name.js';

const checksum = crc32c();
const CRC_POSITION = 124;

const HEADER = {
  id: '0123456789abcdef',
  baseOffset: 7,
  logId: '00112233445566778899aabbccddeeff',
  salt: 5,
  maxFrameBytes: 4096,
  codecId: 1,
  checksumId: 1,
  createdAtMs: 9,
  predecessorId: undefined,
};

const FACTS: SegmentFacts = {
  id: HEADER.id,
  baseOffset: 7,
  sealed: true,
  firstPosition: 128,
  endPosition: 256,
  nextOffset: 9,
  recordCount: 2,
  minTimestampMs: 1,
  maxTimestampMs: 2,
  maxAppendTimeMs: 3,
  tombstones: 0,
  framesChecksum: 4,
  createdAtMs: 9,
};

/** Bytes changed, under a checksum that holds all the same. */
function forged(bytes: Uint8Array, change: (view: DataView) => void): Uint8Array {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  change(view);
  view.setUint32(CRC_POSITION, checksum.of(copy, 0, CRC_POSITION, 0));
  return copy;
}

describe('the header of a segment', () => {
  const bytes = encodeSegmentHeader(HEADER, checksum);

  test('is given back as it was', () => {
    expect(decodeSegmentHeader(bytes, checksum)).toEqual({ kind: 'ok', header: HEADER });
  });

  test('is corrupt when a number in it is none of ours, whatever its checksum says', () => {
    for (const position of [48, 56]) {
      const wrong = forged(bytes, (view) => view.setBigUint64(position, 2n ** 53n));
      expect(decodeSegmentHeader(wrong, checksum)).toEqual({ kind: 'corrupt' });
    }
  });

  test('that only newer code may read says so', () => {
    const newer = forged(bytes, (view) => {
      view.setUint16(8, 3);
      view.setUint16(10, 2);
    });
    expect(decodeSegmentHeader(newer, checksum)).toEqual({ kind: 'unsupported', version: 3 });
  });
});

describe('the footer of a segment', () => {
  const bytes = encodeSegmentFooter({ facts: FACTS, reason: 'age' }, checksum);

  test('is given back as it was', () => {
    expect(decodeSegmentFooter(bytes, 128, checksum)).toEqual({ facts: FACTS, reason: 'age' });
  });

  test('is none when it is cut, changed, or gives a reason that there is not', () => {
    const wrong = [
      bytes.subarray(0, SEGMENT_FOOTER_BYTES - 1),
      bytes.map((byte, i) => (i === 50 ? byte ^ 1 : byte)),
      bytes.map((byte, i) => (i === 7 ? byte ^ 1 : byte)),
      forged(bytes, (view) => view.setUint8(92, 200)),
    ];
    for (const one of wrong) expect(decodeSegmentFooter(one, 128, checksum)).toBeUndefined();
  });
});

test('a file is named like a segment only if its offset is one', () => {
  expect(parseSegmentFileName(segmentFileName(HEADER))).toEqual({ id: HEADER.id, baseOffset: 7 });
  expect(parseSegmentFileName(`99999999999999999999-${HEADER.id}.log`)).toBeUndefined();
  expect(parseSegmentFileName(`00000000000000000007-${HEADER.id}.idx`)).toBeUndefined();
});

describe('codecs and checksums are known by their ids', () => {
  const formats = new FormatRegistry([batchFrameCodec(), batchFrameCodec()], [checksum]);

  test('one that is not registered is missed by its id and the file that needs it', () => {
    const missing = { code: 'COMPOSITION', facts: { id: 99, file: 'a.log' } };
    expect(() => formats.codec(99, 'a.log')).toThrow(expect.objectContaining(missing));
    expect(() => formats.checksum(99, 'a.log')).toThrow(expect.objectContaining(missing));
  });

  test('two of different names with one id are refused', () => {
    const impostor = { ...crcFrameCodec(), name: 'other', id: batchFrameCodec().id };
    expect(() => new FormatRegistry([batchFrameCodec(), impostor], [checksum])).toThrow(
      expect.objectContaining({ code: 'COMPOSITION' }),
    );
  });
});
