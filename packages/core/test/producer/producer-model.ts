import * as fc from 'fast-check';
import { expect } from 'vitest';
import { CACHED_BATCHES, type ProducerStamp, type ProducerState, SeglogError } from '../../src/index.js';

export interface ModelBatch {
  readonly stamp: ProducerStamp;
  readonly count: number;
  readonly baseOffset: number;
}

/** The log itself: every batch that it holds, in order. Whatever a producer's state should know follows from it. */
export interface ProducerModel {
  batches: readonly ModelBatch[];
  nextOffset: number;
  settledUpTo: number;
}

export const emptyModel = (): ProducerModel => ({ batches: [], nextOffset: 0, settledUpTo: 0 });

export type Answer = { readonly kind: string } & Readonly<Record<string, unknown>>;

/** What the state must answer, found by looking at the whole log. */
export function expectedAnswer(
  model: ProducerModel,
  { id, epoch, sequence }: ProducerStamp,
  count: number,
): Answer {
  const own = model.batches.filter(({ stamp }) => stamp.id === id);
  const last = own.at(-1);
  if (last === undefined) return sequence === 0 ? { kind: 'new' } : { kind: 'UNKNOWN_PRODUCER' };
  if (epoch < last.stamp.epoch) return { kind: 'PRODUCER_FENCED', currentEpoch: last.stamp.epoch };
  if (epoch > last.stamp.epoch) {
    return sequence === 0 ? { kind: 'new' } : { kind: 'OUT_OF_ORDER_SEQUENCE', expected: 0 };
  }
  const expected = last.stamp.sequence + last.count;
  if (sequence === expected) return { kind: 'new' };
  const original = own
    .filter(({ stamp }) => stamp.epoch === epoch)
    .slice(-CACHED_BATCHES)
    .find((batch) => batch.stamp.sequence === sequence && batch.count === count);
  if (original === undefined) return { kind: 'OUT_OF_ORDER_SEQUENCE', expected };
  const { baseOffset } = original;
  return { kind: 'duplicate', baseOffset, lastOffset: baseOffset + count - 1 };
}

export function answer(state: ProducerState, stamp: ProducerStamp, count: number): Answer {
  try {
    return state.check(stamp, { count, nowMs: 1000 });
  } catch (error) {
    if (!SeglogError.is(error)) throw error;
    const { expected, currentEpoch } = error.facts;
    return {
      kind: error.code,
      ...(expected === undefined ? {} : { expected }),
      ...(currentEpoch === undefined ? {} : { currentEpoch }),
    };
  }
}

/** Puts a new batch into the state and the model. */
export function recordBatch(
  model: ProducerModel,
  state: ProducerState,
  { stamp, count }: Omit<ModelBatch, 'baseOffset'>,
): void {
  const baseOffset = model.nextOffset;
  state.record(stamp, { count, baseOffset, appendTimeMs: 1000 });
  model.batches = [...model.batches, { stamp, count, baseOffset }];
  model.nextOffset += count;
}

/** What a producer might send next: mostly what follows, sometimes a retry, a hole, or another epoch. */
export interface Intent {
  readonly id: string;
  readonly move: 'next' | 'retry' | 'any' | 'new-epoch';
  readonly pick: number;
  readonly count: number;
}

export const intents: fc.Arbitrary<Intent> = fc.record({
  id: fc.constantFrom('a', 'b', 'ü'),
  move: fc.oneof(
    { weight: 5, arbitrary: fc.constant('next' as const) },
    fc.constantFrom('retry' as const, 'any' as const, 'new-epoch' as const),
  ),
  pick: fc.nat(11),
  count: fc.integer({ min: 1, max: 3 }),
});

export function batchOf(
  model: ProducerModel,
  { id, move, pick, count }: Intent,
): Omit<ModelBatch, 'baseOffset'> {
  const own = model.batches.filter(({ stamp }) => stamp.id === id);
  const last = own.at(-1);
  const epoch = last?.stamp.epoch ?? 3;
  const next = last === undefined ? 0 : last.stamp.sequence + last.count;
  if (move === 'retry' && last !== undefined) return own.at(-1 - (pick % own.length)) ?? last;
  if (move === 'new-epoch') return { stamp: { id, epoch: epoch + 1, sequence: pick % 2 }, count };
  if (move === 'any') return { stamp: { id, epoch: epoch - 1 + (pick % 3), sequence: pick }, count };
  return { stamp: { id, epoch, sequence: next }, count };
}

class SendCommand implements fc.Command<ProducerModel, ProducerState> {
  readonly #intent: Intent;

  public constructor(intent: Intent) {
    this.#intent = intent;
  }

  public check(): boolean {
    return true;
  }

  public run(model: ProducerModel, state: ProducerState): void {
    const batch = batchOf(model, this.#intent);
    const expected = expectedAnswer(model, batch.stamp, batch.count);
    expect(answer(state, batch.stamp, batch.count)).toEqual(expected);
    expect(answer(state, batch.stamp, batch.count)).toEqual(expected);
    if (expected.kind === 'new') recordBatch(model, state, batch);
  }

  public toString(): string {
    return `send ${JSON.stringify(this.#intent)}`;
  }
}

class SettleCommand implements fc.Command<ProducerModel, ProducerState> {
  public check(): boolean {
    return true;
  }

  public run(model: ProducerModel, state: ProducerState): void {
    state.settle(model.nextOffset);
    model.settledUpTo = model.nextOffset;
  }

  public toString(): string {
    return 'settle';
  }
}

class RollbackCommand implements fc.Command<ProducerModel, ProducerState> {
  readonly #kept: number;

  public constructor(kept: number) {
    this.#kept = kept;
  }

  public check(): boolean {
    return true;
  }

  public run(model: ProducerModel, state: ProducerState): void {
    const pending = model.batches.filter(({ baseOffset }) => baseOffset >= model.settledUpTo);
    const first = pending[this.#kept % (pending.length + 1)];
    if (first === undefined) return;
    state.rollbackTo(first.baseOffset);
    model.batches = model.batches.filter(({ baseOffset }) => baseOffset < first.baseOffset);
    model.nextOffset = first.baseOffset;
  }

  public toString(): string {
    return `rollback, keeping ${this.#kept}`;
  }
}

export const commands: fc.Arbitrary<Iterable<fc.Command<ProducerModel, ProducerState>>> = fc.commands(
  [
    intents.map((intent) => new SendCommand(intent)),
    intents.map((intent) => new SendCommand(intent)),
    intents.map((intent) => new SendCommand(intent)),
    fc.constant(new SettleCommand()),
    fc.nat(20).map((kept) => new RollbackCommand(kept)),
  ],
  { maxCommands: 60 },
);
