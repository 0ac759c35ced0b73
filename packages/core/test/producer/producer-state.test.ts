import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProducerState, readProducerSnapshot, SeglogError } from '../../src/index.js';
import {
  answer,
  batchOf,
  commands,
  emptyModel,
  expectedAnswer,
  intents,
  type ProducerModel,
  recordBatch,
} from './producer-model.js';

/** A state and a log that have seen every batch that was accepted. */
function grown(wanted: readonly Parameters<typeof batchOf>[1][]): {
  model: ProducerModel;
  state: ProducerState;
} {
  const model = emptyModel();
  const state = new ProducerState();
  for (const intent of wanted) {
    const batch = batchOf(model, intent);
    if (expectedAnswer(model, batch.stamp, batch.count).kind === 'new') recordBatch(model, state, batch);
  }
  return { model, state };
}

function codeOf(action: () => unknown): string | undefined {
  try {
    action();
  } catch (error) {
    return SeglogError.is(error) ? error.code : String(error);
  }
  return undefined;
}

const nothing = { count: 1, nowMs: 0 };

describe('the state of idempotent producers', () => {
  test('answers as the whole log would, whatever is sent, settled and rolled back', () => {
    fc.assert(
      fc.property(commands, (steps) => {
        fc.modelRun(() => ({ model: emptyModel(), real: new ProducerState() }), steps);
      }),
      { numRuns: 500 },
    );
  });

  test('a snapshot, through JSON, knows what the state knew of the records below it', () => {
    fc.assert(
      fc.property(fc.array(intents, { maxLength: 40 }), fc.nat(60), intents, (wanted, at, asked) => {
        const { model, state } = grown(wanted);
        const upTo = model.batches[at % (model.batches.length + 1)]?.baseOffset ?? model.nextOffset;
        const snapshot = readProducerSnapshot(JSON.parse(JSON.stringify(state.snapshot(upTo))));
        expect(snapshot?.nextOffset).toBe(upTo);
        const below = { ...model, batches: model.batches.filter(({ baseOffset }) => baseOffset < upTo) };
        const restored = new ProducerState();
        if (snapshot !== undefined) restored.restore(snapshot);
        const batch = batchOf(below, asked);
        expect(answer(restored, batch.stamp, batch.count)).toEqual(
          expectedAnswer(below, batch.stamp, batch.count),
        );
      }),
    );
  });

  test('after a truncation it accepts nothing twice and answers no wrong offsets', () => {
    fc.assert(
      fc.property(fc.array(intents, { maxLength: 60 }), fc.nat(100), intents, (wanted, cut, asked) => {
        const { model, state } = grown(wanted);
        const lastKept = (cut % (model.nextOffset + 1)) - 1;
        state.truncateAfter(lastKept);
        model.batches = model.batches
          .filter(({ baseOffset }) => baseOffset <= lastKept)
          .map((batch) => ({ ...batch, count: Math.min(batch.count, lastKept - batch.baseOffset + 1) }));
        const batch = batchOf(model, asked);
        const expected = expectedAnswer(model, batch.stamp, batch.count);
        const given = answer(state, batch.stamp, batch.count);
        if (given.kind === 'new') expect(expected.kind).toBe('new');
        if (given.kind === 'duplicate') expect(given).toEqual(expected);
      }),
    );
  });

  test('after a truncation that leaves a cached batch, a producer goes on where its records end', () => {
    const state = new ProducerState();
    for (const sequence of [0, 2, 4]) {
      state.record({ id: 'p', epoch: 1, sequence }, { count: 2, baseOffset: 10 + sequence, appendTimeMs: 0 });
    }
    state.truncateAfter(12);
    expect(state.check({ id: 'p', epoch: 1, sequence: 3 }, nothing).kind).toBe('new');
    expect(codeOf(() => state.check({ id: 'p', epoch: 1, sequence: 2 }, { count: 2, nowMs: 0 }))).toBe(
      'OUT_OF_ORDER_SEQUENCE',
    );
    state.truncateAfter(-1);
    expect(state.check({ id: 'p', epoch: 1, sequence: 0 }, nothing).kind).toBe('new');
    expect(codeOf(() => state.check({ id: 'p', epoch: 0, sequence: 0 }, nothing))).toBe('PRODUCER_FENCED');
  });

  test('what a truncation took beyond memory is unknown until a new epoch', () => {
    const state = new ProducerState();
    for (let sequence = 0; sequence < 8; sequence += 1) {
      state.record({ id: 'p', epoch: 1, sequence }, { count: 1, baseOffset: sequence, appendTimeMs: 0 });
    }
    state.truncateAfter(1);
    for (const sequence of [0, 2, 3]) {
      expect(codeOf(() => state.check({ id: 'p', epoch: 1, sequence }, nothing))).toBe('UNKNOWN_PRODUCER');
    }
    expect(state.check({ id: 'p', epoch: 2, sequence: 0 }, nothing).kind).toBe('new');
    expect(readProducerSnapshot(JSON.parse(JSON.stringify(state.snapshot(2))))?.producers).toHaveLength(1);
  });

  test('an old batch that is none of the last five is refused with the facts', () => {
    const state = new ProducerState();
    for (let sequence = 0; sequence < 6; sequence += 1) {
      state.record({ id: 'p', epoch: 1, sequence }, { count: 1, baseOffset: sequence, appendTimeMs: 0 });
    }
    expect(state.check({ id: 'p', epoch: 1, sequence: 1 }, nothing)).toEqual({
      kind: 'duplicate',
      baseOffset: 1,
      lastOffset: 1,
    });
    try {
      state.check({ id: 'p', epoch: 1, sequence: 0 }, nothing);
      expect.unreachable();
    } catch (error) {
      expect(SeglogError.is(error, 'OUT_OF_ORDER_SEQUENCE') && error.facts).toEqual({
        producer: 'p',
        epoch: 1,
        expected: 6,
        actual: 0,
      });
    }
  });

  test('a silent producer is forgotten after its time', () => {
    const state = new ProducerState({ expiryMs: 100 });
    state.record({ id: 'p', epoch: 1, sequence: 0 }, { count: 4, baseOffset: 0, appendTimeMs: 1000 });
    expect(state.check({ id: 'p', epoch: 1, sequence: 4 }, { count: 1, nowMs: 1100 }).kind).toBe('new');
    expect(codeOf(() => state.check({ id: 'p', epoch: 1, sequence: 4 }, { count: 1, nowMs: 1101 }))).toBe(
      'UNKNOWN_PRODUCER',
    );
    expect(state.check({ id: 'p', epoch: 0, sequence: 0 }, { count: 1, nowMs: 1101 }).kind).toBe('new');
    state.record({ id: 'q', epoch: 0, sequence: 0 }, { count: 1, baseOffset: 4, appendTimeMs: 1101 });
    expect(state.size).toBe(1);
  });

  test('beyond its number the producer that appended longest ago is forgotten, and comes back with a rollback', () => {
    const state = new ProducerState({ maxProducers: 2 });
    const send = (id: string, sequence: number, baseOffset: number): void =>
      state.record({ id, epoch: 0, sequence }, { count: 1, baseOffset, appendTimeMs: 0 });
    send('a', 0, 0);
    send('b', 0, 1);
    send('a', 1, 2);
    send('c', 0, 3);
    expect(state.size).toBe(2);
    expect(codeOf(() => state.check({ id: 'b', epoch: 0, sequence: 1 }, nothing))).toBe('UNKNOWN_PRODUCER');
    expect(state.check({ id: 'a', epoch: 0, sequence: 2 }, nothing).kind).toBe('new');
    state.rollbackTo(3);
    expect(state.size).toBe(2);
    expect(state.check({ id: 'b', epoch: 0, sequence: 1 }, nothing).kind).toBe('new');
    const small = new ProducerState({ maxProducers: 1 });
    small.restore(state.snapshot(3));
    expect(small.size).toBe(1);
  });

  test('stamps, counts and settings that break their contract are refused', () => {
    const state = new ProducerState();
    const good = { id: 'p', epoch: 0, sequence: 0 };
    const wrong = [
      { ...good, id: '' },
      { ...good, id: 'x'.repeat(129) },
      { ...good, id: 'ü'.repeat(65) },
      { ...good, id: '\ud800' },
      { ...good, id: 7 as never },
      { ...good, epoch: -1 },
      { ...good, epoch: 2 ** 32 },
      { ...good, epoch: 0.5 },
      { ...good, sequence: -1 },
      { ...good, sequence: 2 ** 53 - 1 },
      { ...good, sequence: Number.NaN },
    ];
    for (const stamp of wrong)
      expect(codeOf(() => state.check(stamp, nothing))).toMatch(/RangeError|TypeError/);
    for (const count of [0, -1, 1.5, Number.NaN]) {
      expect(codeOf(() => state.check(good, { count, nowMs: 0 }))).toContain('RangeError');
    }
    expect(codeOf(() => new ProducerState({ maxProducers: 0 }))).toContain('RangeError');
    expect(codeOf(() => new ProducerState({ expiryMs: 0 }))).toContain('RangeError');
    expect(state.check({ ...good, id: 'ü'.repeat(64), epoch: 2 ** 32 - 1 }, nothing).kind).toBe('new');
  });
});

describe('a snapshot of producers', () => {
  const batch = { sequence: 3, count: 2, baseOffset: 7, appendTimeMs: 9 };
  const next = { sequence: 5, count: 1, baseOffset: 9, appendTimeMs: 9 };
  const producer = { id: 'p', epoch: 1, nextSequence: 6, lastAppendTimeMs: 9, batches: [batch, next] };
  const good = { version: 1, nextOffset: 10, producers: [producer] };
  const withProducer = (change: object): unknown => ({ ...good, producers: [{ ...producer, ...change }] });

  test('is believed when it makes sense', () => {
    expect(readProducerSnapshot(good)).toEqual(good);
    expect(readProducerSnapshot({ ...good, producers: [] })?.producers).toEqual([]);
    expect(readProducerSnapshot(withProducer({ nextSequence: null, batches: [] }))).toBeDefined();
  });

  test('is not believed otherwise', () => {
    const wrong: unknown[] = [
      undefined,
      null,
      [],
      'snapshot',
      {},
      { ...good, version: 2 },
      { ...good, nextOffset: 9 },
      { ...good, nextOffset: -1 },
      { ...good, nextOffset: '10' },
      { ...good, producers: {} },
      { ...good, producers: [null] },
      { ...good, producers: [producer, producer] },
      withProducer({ id: '' }),
      withProducer({ id: 5 }),
      withProducer({ epoch: 2 ** 32 }),
      withProducer({ epoch: -1 }),
      withProducer({ nextSequence: 7 }),
      withProducer({ nextSequence: null }),
      withProducer({ nextSequence: 6, batches: [] }),
      withProducer({ lastAppendTimeMs: 'now' }),
      withProducer({ batches: [next, batch] }),
      withProducer({ batches: [{ ...batch, count: 1 }, next] }),
      withProducer({ batches: [{ ...batch, baseOffset: 8 }, next] }),
      withProducer({ batches: [{ ...batch, count: 0 }] }),
      withProducer({ batches: [null] }),
      withProducer({ batches: Array.from({ length: 6 }, () => next) }),
      withProducer({ batches: 'none' }),
    ];
    for (const value of wrong) expect(readProducerSnapshot(value), JSON.stringify(value)).toBeUndefined();
  });

  test('whatever JSON there is, reading it ends without an error', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(readProducerSnapshot(value)).toBeUndefined();
      }),
    );
  });
});
