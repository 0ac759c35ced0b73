import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  keepAge,
  keepAll,
  keepBytes,
  keepRecords,
  keepWhere,
  keepWithin,
  type RetentionPolicy,
  type RetentionView,
  type SegmentFacts,
} from '../../src/index.js';

interface Shape {
  readonly bytes: number;
  readonly offsets: number;
  readonly removed: number;
  readonly appendTimeMs: number;
}

const shape: fc.Arbitrary<Shape> = fc.record({
  bytes: fc.nat(1000),
  offsets: fc.nat(50),
  removed: fc.nat(60),
  appendTimeMs: fc.integer({ min: 0, max: 1000 }),
});

function viewOf(shapes: readonly Shape[], nowMs: number): RetentionView {
  let nextOffset = 10;
  const segments = shapes.map((given, at): SegmentFacts => {
    const baseOffset = nextOffset;
    nextOffset += given.offsets;
    const recordCount = Math.max(given.offsets - given.removed, 0);
    return {
      id: String(at).padStart(16, '0'),
      baseOffset,
      sealed: at < shapes.length - 1,
      firstPosition: 128,
      endPosition: 128 + (recordCount === 0 ? 0 : given.bytes),
      nextOffset,
      recordCount,
      minTimestampMs: recordCount === 0 ? -1 : 0,
      maxTimestampMs: recordCount === 0 ? -1 : 2 ** 52,
      maxAppendTimeMs: recordCount === 0 ? -1 : given.appendTimeMs,
      tombstones: 0,
      framesChecksum: 0,
      createdAtMs: 0,
    };
  });
  // The log starts inside its first segment: what lies wholly before would be gone.
  const logStart = (shapes[0]?.offsets ?? 0) > 2 ? 12 : 10;
  return { nowMs, segments, logStart, logEnd: nextOffset };
}

const views = fc
  .tuple(fc.array(shape, { minLength: 1, maxLength: 12 }), fc.nat(2000))
  .map(([shapes, nowMs]) => viewOf(shapes, nowMs));

const kept = (view: RetentionView, policy: RetentionPolicy): readonly SegmentFacts[] => {
  const first = policy.firstKept(view);
  return view.segments.filter((segment) => !segment.sealed || segment.nextOffset > first);
};
const sum = (segments: readonly SegmentFacts[], of: (segment: SegmentFacts) => number): number =>
  segments.reduce((total, segment) => total + of(segment), 0);
const bytesOf = (segment: SegmentFacts): number => segment.endPosition - segment.firstPosition;

describe('retention policies', () => {
  test('keepAll keeps everything', () => {
    fc.assert(
      fc.property(views, (view) => {
        expect(keepAll().firstKept(view)).toBe(view.logStart);
      }),
    );
  });

  test('keepBytes and keepRecords keep at least that much, and not a segment more', () => {
    fc.assert(
      fc.property(views, fc.integer({ min: 1, max: 4000 }), (view, enough) => {
        for (const [policy, of] of [
          [keepBytes(enough), bytesOf],
          [keepRecords(enough), (segment: SegmentFacts) => segment.recordCount],
        ] as const) {
          const left = kept(view, policy);
          const all = sum(view.segments, of);
          expect(sum(left, of)).toBeGreaterThanOrEqual(Math.min(enough, all));
          if (left.length < view.segments.length) expect(sum(left.slice(1), of)).toBeLessThan(enough);
        }
      }),
    );
  });

  test('keepAge removes a prefix of segments whose youngest append is too old', () => {
    fc.assert(
      fc.property(views, fc.integer({ min: 1, max: 1500 }), (view, ageMs) => {
        const young = view.segments.findIndex(
          (segment) =>
            !segment.sealed || (segment.recordCount > 0 && view.nowMs - segment.maxAppendTimeMs <= ageMs),
        );
        const expected = Math.max(view.segments[young]?.baseOffset ?? 0, view.logStart);
        expect(keepAge(ageMs).firstKept(view)).toBe(expected);
      }),
    );
  });

  test('a timestamp in the future pins no segment', () => {
    const view = viewOf(
      [
        { bytes: 10, offsets: 5, removed: 0, appendTimeMs: 1 },
        { bytes: 10, offsets: 5, removed: 0, appendTimeMs: 2 },
      ],
      10_000,
    );
    expect(view.segments[0]?.maxTimestampMs).toBe(2 ** 52);
    expect(keepAge(100).firstKept(view)).toBe(15);
  });

  test('keepWhere keeps from the first segment on that it is told to, and the active one always', () => {
    fc.assert(
      fc.property(views, fc.nat(12), (view, index) => {
        const chosen = view.segments[Math.min(index, view.segments.length - 1)];
        const policy = keepWhere((segment) => segment.id === chosen?.id);
        expect(policy.firstKept(view)).toBe(Math.max(chosen?.baseOffset ?? 0, view.logStart));
        expect(keepWhere(() => false).firstKept(view)).toBe(
          Math.max(view.segments.at(-1)?.baseOffset ?? 0, view.logStart),
        );
      }),
    );
  });

  test('keepWithin removes what any of its policies would', () => {
    fc.assert(
      fc.property(
        views,
        fc.integer({ min: 1, max: 3000 }),
        fc.integer({ min: 1, max: 1500 }),
        (view, bytes, ageMs) => {
          const [byBytes, byAge] = [keepBytes(bytes), keepAge(ageMs)];
          const both = keepWithin(byBytes, byAge);
          expect(both.firstKept(view)).toBe(Math.max(byBytes.firstKept(view), byAge.firstKept(view)));
          expect(both.name).toBe(`bytes:${bytes},age:${ageMs}ms`);
        },
      ),
    );
  });

  test('every answer lies in the log, and asking twice changes nothing', () => {
    fc.assert(
      fc.property(views, (view) => {
        const beyond: RetentionPolicy = { name: 'beyond', firstKept: () => Number.MAX_SAFE_INTEGER };
        for (const policy of [keepBytes(1), keepRecords(1), keepAge(1), keepWithin(beyond)]) {
          const first = policy.firstKept(view);
          expect(first).toBeGreaterThanOrEqual(view.logStart);
          expect(first).toBeLessThanOrEqual(view.logEnd);
          expect(policy.firstKept(view)).toBe(first);
        }
      }),
    );
  });

  test('limits that are no numbers of ours are refused', () => {
    for (const wrong of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => keepBytes(wrong)).toThrow(RangeError);
      expect(() => keepRecords(wrong)).toThrow(RangeError);
      expect(() => keepAge(wrong)).toThrow(RangeError);
    }
    expect(() => keepWithin()).toThrow(RangeError);
    expect(() => keepWhere('everything' as never)).toThrow(TypeError);
  });
});
