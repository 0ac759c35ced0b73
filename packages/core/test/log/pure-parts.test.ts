import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SegmentFacts } from '../../src/index.js';
import { gapsBetween } from '../../src/log/gaps.js';
import {
  applyEdit,
  checked,
  emptyFacts,
  firstEdits,
  foldEdits,
  type Manifest,
  type ManifestEdit,
  snapshotEdits,
} from '../../src/log/manifest.js';
import { planRecovery } from '../../src/log/recovery-plan.js';
import { rollReason } from '../../src/log/roll-reason.js';
import { judgeTail, type TailEvidence } from '../../src/log/tail-verdict.js';
import { segmentFileName } from '../../src/segment/segment-name.js';

const idOf = (number: number): string => number.toString(16).padStart(16, '0');

const newSegment = (
  number: number,
  baseOffset: number,
): Parameters<typeof emptyFacts>[0] & {
  readonly predecessorId: string | undefined;
} => ({
  id: idOf(number),
  baseOffset,
  createdAtMs: number,
  predecessorId: number === 0 ? undefined : idOf(number - 1),
});

describe('what the end of a log is', () => {
  const evidence: fc.Arbitrary<TailEvidence> = fc.record({
    nextOffset: fc.nat(5),
    provenUpTo: fc.nat(5),
    bytes: fc.nat(3),
    allZero: fc.boolean(),
    cutShort: fc.boolean(),
    lifeBeyond: fc.boolean(),
  });

  test('damage is what lies below what was proven synced, and nothing else is', () => {
    fc.assert(
      fc.property(evidence, (given) => {
        expect(judgeTail(given) === 'damage').toBe(given.nextOffset < given.provenUpTo);
      }),
    );
  });

  test('above it, every kind of rest has one name', () => {
    const rest = {
      nextOffset: 5,
      provenUpTo: 5,
      bytes: 9,
      allZero: false,
      cutShort: false,
      lifeBeyond: false,
    };
    expect(judgeTail({ ...rest, bytes: 0 })).toBe('clean');
    expect(judgeTail({ ...rest, allZero: true })).toBe('preallocated');
    expect(judgeTail({ ...rest, lifeBeyond: true, cutShort: true })).toBe('reordered');
    expect(judgeTail({ ...rest, cutShort: true })).toBe('torn');
    expect(judgeTail(rest)).toBe('ambiguous');
  });
});

describe('why a segment is rolled', () => {
  const settings = { maxSegmentBytes: 10_000, maxSegmentAgeMs: 1000, maxSegmentOffsets: 100 };
  const question = {
    endPosition: 5000,
    firstPosition: 128,
    baseOffset: 50,
    nextOffset: 100,
    ageMs: 10,
    bytes: 100,
    records: 1,
  };

  test('before a write that would exceed its size, footer included, not after it', () => {
    expect(rollReason({ ...question, bytes: 10_000 - 5000 - 128 }, settings)).toBeUndefined();
    expect(rollReason({ ...question, bytes: 10_000 - 5000 - 127 }, settings)).toBe('size');
  });

  test('by age, and by the offsets that it spans, before one is out of range', () => {
    expect(rollReason({ ...question, ageMs: 999 }, settings)).toBeUndefined();
    expect(rollReason({ ...question, ageMs: 1000 }, settings)).toBe('age');
    expect(rollReason({ ...question, records: 50 }, settings)).toBeUndefined();
    expect(rollReason({ ...question, records: 51 }, settings)).toBe('offset-range');
  });

  test('reasons are tried in order, and a segment without frames is never rolled for room', () => {
    const all = { ...question, bytes: 10_000, ageMs: 5000, records: 1000 };
    expect(rollReason(all, settings)).toBe('size');
    expect(rollReason({ ...all, bytes: 1 }, settings)).toBe('age');
    expect(rollReason({ ...all, endPosition: 128 }, settings)).toBeUndefined();
  });
});

/** Edits as a log makes them: each fits the manifest that the ones before have made. */
function manifestArbitrary(): fc.Arbitrary<{ edits: readonly ManifestEdit[]; state: Manifest }> {
  const choice = fc.tuple(fc.nat(9), fc.nat(20));
  return fc.array(choice, { maxLength: 30 }).map((choices) => {
    const edits: ManifestEdit[] = [...firstEdits('ab'.repeat(16), newSegment(0, 0))];
    let state = foldEdits(edits);
    let next = 1;
    for (const [kind, amount] of choices) {
      const made = nextEdits(state, { kind, amount, next });
      next += 1;
      for (const edit of made) state = applyEdit(state, edit);
      edits.push(...made);
    }
    return { edits, state };
  });
}

function nextEdits(
  state: Manifest,
  { kind, amount, next }: { readonly kind: number; readonly amount: number; readonly next: number },
): readonly ManifestEdit[] {
  const facts: SegmentFacts = state.recoveryPoint;
  const grown = { ...facts, nextOffset: facts.nextOffset + amount, recordCount: facts.recordCount + amount };
  const [oldest] = state.segments;
  const edits: readonly (readonly ManifestEdit[])[] = [
    [
      { type: 'seal', facts: grown, reason: 'size' },
      { type: 'add', segment: newSegment(next, grown.nextOffset) },
    ],
    [{ type: 'point', facts: grown }],
    [{ type: 'start', logStart: amount }],
    [{ type: 'epoch', epoch: amount, ...(next % 2 === 0 ? { cut: true as const } : {}) }],
    [{ type: 'gap', from: amount, to: amount + 1 }],
    [{ type: 'producers' }],
    [{ type: 'close', epoch: next }],
    state.segments.length > 1 && oldest !== undefined
      ? [{ type: 'swap', remove: [oldest.facts.id], add: [] }]
      : [],
    [{ type: 'forget', ids: state.retired.map(({ id }) => id) }],
    [
      {
        type: 'swap',
        remove: [facts.id],
        add: [
          {
            facts: emptyFacts(newSegment(next, facts.baseOffset)),
            predecessorId: undefined,
            reason: undefined,
          },
        ],
      },
    ],
  ];
  return edits[kind] ?? [];
}

describe('a manifest', () => {
  test('is what its edits say, however often it was written anew in between', () => {
    fc.assert(
      fc.property(manifestArbitrary(), ({ edits, state }) => {
        expect(foldEdits(edits)).toEqual(state);
        expect(foldEdits(snapshotEdits(state))).toEqual(state);
        expect(() => checked(state)).not.toThrow();
      }),
    );
  });

  test('was closed cleanly only if that was its last word', () => {
    fc.assert(
      fc.property(manifestArbitrary(), ({ state }) => {
        const closed = applyEdit(state, { type: 'close', epoch: 7 });
        expect(closed.closedEpoch).toBe(7);
        expect(applyEdit(closed, { type: 'point', facts: state.recoveryPoint }).closedEpoch).toBeUndefined();
        expect(applyEdit(closed, { type: 'start', logStart: 0 }).closedEpoch).toBeUndefined();
      }),
    );
  });

  test('refuses edits that contradict it', () => {
    const state = foldEdits(firstEdits('00'.repeat(16), newSegment(0, 0)));
    const foreign = emptyFacts(newSegment(9, 0));
    const wrong: readonly ManifestEdit[] = [
      { type: 'create', logId: '00'.repeat(16), version: 1 },
      { type: 'seal', facts: foreign, reason: 'size' },
      { type: 'swap', remove: [idOf(9)], add: [] },
      { type: 'swap', remove: [idOf(0)], add: [] },
    ];
    for (const edit of wrong) expect(() => checked(applyEdit(state, edit))).toThrow(RangeError);
    const overlapping = applyEdit(
      applyEdit(state, { type: 'seal', facts: { ...state.recoveryPoint, nextOffset: 10 }, reason: 'size' }),
      { type: 'add', segment: newSegment(1, 9) },
    );
    expect(() => checked(overlapping)).toThrow(RangeError);
    expect(() => foldEdits([])).toThrow(RangeError);
  });
});

const file = (name: string): { name: string; kind: 'file' } => ({ name, kind: 'file' });

describe('the plan of a recovery', () => {
  const state = applyEdit(
    applyEdit(foldEdits(firstEdits('00'.repeat(16), newSegment(0, 0))), {
      type: 'seal',
      facts: { ...emptyFacts(newSegment(0, 0)), nextOffset: 5 },
      reason: 'size',
    }),
    { type: 'add', segment: newSegment(1, 5) },
  );
  const [first, second] = [segmentFileName(newSegment(0, 0)), segmentFileName(newSegment(1, 5))];

  test('does nothing to a log that is as its manifest says', () => {
    expect(planRecovery([file(first), file(second), file('CURRENT'), file('MANIFEST-1')], state)).toEqual({
      remove: [],
      unnamed: [],
      missing: [],
      scanFrom: state.recoveryPoint,
    });
  });

  test('touches nothing that is not ours, whatever its name is like', () => {
    const foreign = ['notes.txt', '5.log', `${first}x`, first.toUpperCase(), 'x.tmp.bak'].map(file);
    const directory = { name: segmentFileName(newSegment(7, 7)), kind: 'directory' as const };
    const link = { name: segmentFileName(newSegment(8, 8)), kind: 'other' as const };
    const plan = planRecovery([...foreign, directory, link, file(first), file(second)], state);
    expect([plan.remove, plan.unnamed, plan.missing]).toEqual([[], [], []]);
  });

  test('removes temporaries and what was retired, looks into what is unnamed, and misses what is named', () => {
    const retired = applyEdit(state, { type: 'swap', remove: [idOf(0)], add: [] });
    const unnamed = segmentFileName(newSegment(7, 7));
    const plan = planRecovery([file(first), file(unnamed), file('x.idx.tmp')], retired);
    expect(plan.remove).toEqual([first, 'x.idx.tmp']);
    expect(plan.unnamed).toEqual([unnamed]);
    expect(plan.missing).toEqual([second]);
  });
});

test('offsets without a record are told apart, and every one of them is', () => {
  const ranges = fc.array(
    fc.tuple(fc.nat(60), fc.nat(10)).map(([from, length]) => ({ from, to: from + length })),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(fc.nat(50), fc.nat(30), ranges, (from, length, lost) => {
      const gaps = gapsBetween(from, from + length, lost);
      let at = from;
      for (const gap of gaps) {
        expect(gap.from).toBe(at);
        expect(gap.to).toBeGreaterThan(gap.from);
        for (let offset = gap.from; offset < gap.to; offset++) {
          const isLost = lost.some((range) => range.from <= offset && offset < range.to);
          expect(gap.reason).toBe(isLost ? 'lost' : 'compacted');
        }
        at = gap.to;
      }
      expect(at).toBe(from + length);
    }),
  );
});
