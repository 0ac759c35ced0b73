import { describe, expect, test } from 'vitest';
import {
  applyEdit,
  checked,
  emptyFacts,
  firstEdits,
  foldEdits,
  type Manifest,
  type ManifestEdit,
} from '../../src/log/manifest.js';
import { parseWatermark } from '../../src/log/watermark.js';

const segment = { id: '0'.repeat(15).concat('1'), baseOffset: 0, createdAtMs: 1, predecessorId: undefined };
const edits = firstEdits('00'.repeat(16), segment);
const state = foldEdits(edits);

describe('a watermark', () => {
  test('is believed when it says what a watermark says', () => {
    const mark = { segmentId: 'a', epoch: 1, durable: 2 };
    expect(parseWatermark({ ...mark, more: true })).toEqual(mark);
  });

  test.each([
    undefined,
    null,
    'text',
    {},
    { segmentId: 'a', epoch: 1 },
    { segmentId: 1, epoch: 1, durable: 2 },
    { segmentId: 'a', epoch: 1.5, durable: 2 },
    { segmentId: 'a', epoch: 1, durable: '2' },
  ])('is none: %j', (value) => {
    expect(parseWatermark(value)).toBeUndefined();
  });
});

describe('a manifest', () => {
  const unnatural: readonly (readonly [string, Manifest])[] = [
    ['a log start that is no offset', { ...state, logStart: -1 }],
    ['a log start between two offsets', { ...state, logStart: 0.5 }],
    ['no segment', { ...state, segments: [] }],
    ['two active segments', { ...state, segments: [...state.segments, ...state.segments] }],
    [
      'a recovery point elsewhere',
      { ...state, recoveryPoint: emptyFacts({ ...segment, id: 'f'.repeat(16) }) },
    ],
  ];

  test.each(unnatural)('with %s is refused', (_, manifest) => {
    expect(() => checked(manifest)).toThrow(RangeError);
  });

  test('that begins with anything else than its creation and its first segments is refused', () => {
    const [create, add] = edits;
    const beginnings = [
      [add, create],
      [create, create],
      [create, { type: 'start', logStart: 0 }],
      [create, { type: 'swap', remove: [], add: [] }],
    ];
    for (const beginning of beginnings) {
      expect(() => foldEdits(beginning.filter((edit) => edit !== undefined) as ManifestEdit[])).toThrow(
        RangeError,
      );
    }
  });

  test('says that it keeps producers, and which gaps there are', () => {
    const told = applyEdit(applyEdit(state, { type: 'producers' }), { type: 'gap', from: 3, to: 5 });
    expect(told).toMatchObject({ producers: true, gaps: [{ from: 3, to: 5 }] });
  });
});
