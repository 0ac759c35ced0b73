import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeIndexFile, encodeIndexFile, indexFileBytes } from '../../src/index/index-file-format.js';
import { SparseIndex } from '../../src/index/sparse-index.js';
import type { Checksum, IndexEntry, SegmentFacts } from '../../src/index.js';
import { entries, segment } from './segment.js';

/** FNV-1a: enough to notice any single changed byte. */
const checksum: Checksum = {
  id: 200,
  name: 'fnv',
  of: (source, start, end, seed) => {
    let hash = seed ^ 0x811c9dc5;
    for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (source[at] as number), 0x01000193);
    return hash >>> 0;
  },
};
const options = { checksum, maxEntries: 1000 };

function fileOf(list: readonly IndexEntry[], coveredUpTo: number): Uint8Array {
  const index = new SparseIndex();
  for (const entry of list) index.append(entry);
  return encodeIndexFile(segment, { entries: index, coveredUpTo }, checksum);
}

/** The same file with a field changed and the checksum made right again. */
function forged(bytes: Uint8Array, change: (view: DataView) => void): Uint8Array {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  change(view);
  view.setUint32(copy.length - 4, checksum.of(copy, 0, copy.length - 4, 0));
  return copy;
}

const three = [
  { offset: 1000, position: 128, maxTimestampMs: -1 },
  { offset: 1500, position: 5000, maxTimestampMs: 2 ** 49 },
  { offset: 70_000, position: 900_000, maxTimestampMs: 2 ** 49 },
];

describe('an index file', () => {
  test('gives back the entries below the position that it covers', () => {
    fc.assert(
      fc.property(entries(), fc.integer({ min: 128, max: 1_000_000 }), (list, coveredUpTo) => {
        const content = decodeIndexFile(segment, fileOf(list, coveredUpTo), options);
        const kept = list.filter((entry) => entry.position < coveredUpTo);
        expect(content?.coveredUpTo).toBe(coveredUpTo);
        expect(content?.entries.length).toBe(kept.length);
        kept.forEach((entry, at) => {
          expect(content?.entries.offsets[at]).toBe(entry.offset);
          expect(content?.entries.positions[at]).toBe(entry.position);
          expect(content?.entries.timestamps[at]).toBe(entry.maxTimestampMs);
        });
      }),
    );
  });

  test('lies as the document says', () => {
    const bytes = fileOf(three, 950_000);
    const view = new DataView(bytes.buffer);
    expect(bytes.length).toBe(indexFileBytes(3));
    expect(new TextDecoder().decode(bytes.subarray(0, 8))).toBe('SEGLOGIX');
    expect([view.getUint16(8), view.getUint8(10), view.getUint8(11), view.getUint32(12)]).toEqual([
      1, 200, 0, 3,
    ]);
    expect(view.getBigUint64(16).toString(16).padStart(16, '0')).toBe(segment.id);
    expect([24, 32, 40].map((at) => view.getBigUint64(at))).toEqual([1000n, 128n, 950_000n]);
    expect([48, 56, 64, 72].map((at) => view.getBigInt64(at))).toEqual([1000n, 128n, -1n, 1500n]);
    expect(view.getBigInt64(48 + 24 + 16)).toBe(2n ** 49n);
    expect(view.getUint32(bytes.length - 4)).toBe(checksum.of(bytes, 0, bytes.length - 4, 0));
  });

  test('is not believed when a bit of it changed, or when it is shorter or longer', () => {
    const bytes = fileOf(three, 950_000);
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const damaged = bytes.slice();
      damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(decodeIndexFile(segment, damaged, options)).toBeUndefined();
    }
    for (let length = 0; length < bytes.length; length += 1) {
      expect(decodeIndexFile(segment, bytes.subarray(0, length), options)).toBeUndefined();
    }
    expect(decodeIndexFile(segment, Uint8Array.of(...bytes, 0), options)).toBeUndefined();
  });

  test('is not believed for another segment, or one that ends earlier', () => {
    const bytes = fileOf(three, 950_000);
    const others: Partial<SegmentFacts>[] = [
      { id: '00112233445566fe' },
      { baseOffset: 999 },
      { firstPosition: 64 },
      { endPosition: 949_999 },
      { nextOffset: 70_000 },
    ];
    expect(decodeIndexFile(segment, bytes, options)).toBeDefined();
    for (const other of others) {
      expect(decodeIndexFile({ ...segment, ...other }, bytes, options)).toBeUndefined();
    }
  });

  test('is not believed when its checksum holds and its numbers make no sense', () => {
    const bytes = fileOf(three, 950_000);
    const changes: ((view: DataView) => void)[] = [
      (view) => view.setBigUint64(40, 127n),
      (view) => view.setBigUint64(40, 2n ** 60n),
      (view) => view.setBigUint64(40, 5000n),
      (view) => view.setBigUint64(48, 999n),
      (view) => view.setBigUint64(72, 1000n),
      (view) => view.setBigUint64(80, 128n),
      (view) => view.setBigInt64(80, -1n),
      (view) => view.setBigUint64(56, 127n),
      (view) => view.setBigInt64(64, -2n),
      (view) => view.setBigUint64(64, 2n ** 53n),
      (view) => view.setBigInt64(48 + 48 + 16, 3n),
      (view) => view.setUint16(8, 2),
      (view) => view.setUint8(10, 1),
      (view) => view.setUint8(11, 1),
      (view) => view.setUint32(12, 2),
      (view) => view.setUint32(12, 0xffffffff),
    ];
    for (const change of changes) {
      expect(decodeIndexFile(segment, forged(bytes, change), options)).toBeUndefined();
    }
    expect(decodeIndexFile(segment, bytes, { checksum, maxEntries: 2 })).toBeUndefined();
  });

  test('whatever bytes there are, decoding them ends without an error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(decodeIndexFile(segment, bytes, options)).toBeUndefined();
      }),
    );
  });
});
