import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SparseIndex } from '../../src/index/sparse-index.js';
import { type IndexEntry, InvariantError } from '../../src/index.js';
import { entries } from './segment.js';

function indexOf(list: readonly IndexEntry[], maxEntries?: number): SparseIndex {
  const index = maxEntries === undefined ? new SparseIndex() : new SparseIndex({ maxEntries });
  for (const entry of list) index.append(entry);
  return index;
}

describe('a sparse index', () => {
  test('finds the last entry at or below an offset, and the last one whose past is earlier than a time', () => {
    fc.assert(
      fc.property(entries(), fc.nat(400_000), fc.integer({ min: -5, max: 20_000 }), (list, offset, time) => {
        const index = indexOf(list);
        const byOffset = list.findLast((entry) => entry.offset <= offset)?.position ?? 77;
        const byTime = list.findLast((entry) => entry.maxTimestampMs < time)?.position ?? 77;
        expect(index.floor(offset, 77)).toBe(byOffset);
        expect(index.floorByTime(time, 77)).toBe(byTime);
      }),
    );
  });

  test('forgets what lies at or beyond a position, and takes new entries there', () => {
    fc.assert(
      fc.property(entries(), fc.nat(600_000), (list, position) => {
        const index = indexOf(list);
        index.truncateAfter(position);
        const rest = list.filter((entry) => entry.position < position);
        expect(index.length).toBe(rest.length);
        expect(index.floor(2 ** 53 - 1, -1)).toBe(rest.at(-1)?.position ?? -1);
        for (const entry of list.slice(rest.length)) index.append(entry);
        expect(index.floor(2 ** 53 - 1, -1)).toBe(list.at(-1)?.position ?? -1);
      }),
    );
  });

  test('becomes sparser at its limit and never points beyond what it was told', () => {
    fc.assert(
      fc.property(entries(), fc.integer({ min: 2, max: 90 }), fc.nat(400_000), (list, maxEntries, offset) => {
        const index = indexOf(list, maxEntries);
        expect(index.length).toBeLessThanOrEqual(maxEntries);
        const exact = list.findLast((entry) => entry.offset <= offset)?.position ?? 77;
        const found = index.floor(offset, 77);
        expect(found).toBeLessThanOrEqual(exact);
        expect([77, ...list.map((entry) => entry.position)]).toContain(found);
      }),
    );
  });

  test('refuses an entry that does not follow the one before it', () => {
    const index = indexOf([{ offset: 5, position: 10, maxTimestampMs: 7 }]);
    for (const wrong of [
      { offset: 5, position: 11, maxTimestampMs: 7 },
      { offset: 6, position: 10, maxTimestampMs: 7 },
      { offset: 6, position: 11, maxTimestampMs: 6 },
      { offset: 6.5, position: 11, maxTimestampMs: 7 },
      { offset: Number.NaN, position: 11, maxTimestampMs: 7 },
    ]) {
      expect(() => index.append(wrong)).toThrow(InvariantError);
    }
    expect(index.length).toBe(1);
  });

  test('keeps two entries at least', () => {
    for (const maxEntries of [1, 0, -1, 2.5, Number.NaN]) {
      expect(() => new SparseIndex({ maxEntries })).toThrow(RangeError);
    }
  });
});
