import { describe, expect, test } from 'vitest';
import { comparePartition } from '../src/kill9/compare-partition.js';
import type { AppendIntent } from '../src/kill9/ledger.js';
import { PartitionModel, type Run } from '../src/kill9/partition-model.js';
import type { PartitionReading } from '../src/kill9/read-partition.js';

/** Two acknowledged appends of three records each, and one of two without an answer. */
function model(): PartitionModel {
  const made = new PartitionModel();
  for (const [operation, count] of [
    [1, 3],
    [2, 3],
    [3, 2],
  ] as const) {
    const intent: AppendIntent = { type: 'append', topic: 't', partition: 0, count };
    made.append(operation, 1, intent);
  }
  made.acknowledged(2, 3, false);
  made.acknowledged(1, 0, false);
  return made;
}

function run(operation: number, baseOffset: number, count: number, rest: Partial<Run> = {}): Run {
  return { cycle: 1, operation, baseOffset, first: 0, count, total: count, ...rest };
}

function reading(runs: readonly Run[], rest: Partial<PartitionReading> = {}): PartitionReading {
  const last = runs.at(-1);
  const logEnd = last === undefined ? 0 : last.baseOffset + last.count;
  return { logStart: 0, logEnd, runs, records: logEnd, foreign: [], holes: [], ...rest };
}

const both = [run(1, 0, 3), run(2, 3, 3)];

describe('what may be there after a kill', () => {
  test.each([
    ['what was acknowledged', model(), reading(both)],
    ['an append without an answer too', model(), reading([...both, run(3, 6, 2)])],
  ])('%s', (_, expected, found) => {
    expect(comparePartition(expected, found, true)).toEqual({ lost: 0, phantoms: 0, faults: [] });
  });

  test('a log start that was being raised, before or after', () => {
    const expected = model();
    expected.starts.set(9, 4);
    expect(comparePartition(expected, reading(both), true).faults).toEqual([]);
    const rest = run(2, 4, 2, { first: 1, total: 3 });
    expect(comparePartition(expected, reading([rest], { logStart: 4 }), true).faults).toEqual([]);
  });

  test('a log that was being truncated, before or after', () => {
    const expected = model();
    expected.pending.clear();
    expected.cut(9, 3);
    expect(comparePartition(expected, reading(both), true).faults).toEqual([]);
    const cut = [run(1, 0, 3), run(2, 3, 1, { total: 3 })];
    expect(comparePartition(expected, reading(cut), true).faults).toEqual([]);
  });
});

describe('what must not be there, or be missing', () => {
  test.each<[string, Run[], number, number]>([
    ['the last acknowledged append', [run(1, 0, 3)], 3, 0],
    ['its last record', [run(1, 0, 3), run(2, 3, 2, { total: 3 })], 3, 0],
    ['everything', [], 6, 0],
    ['another append in its place', [run(1, 0, 3), run(3, 3, 2)], 3, 0],
    ['an append that nobody sent', [...both, run(4, 6, 1)], 0, 1],
    ['an append of an earlier life', [...both, run(3, 6, 2, { cycle: 0 })], 0, 2],
    ['an append that is there twice', [...both, run(3, 6, 2), run(3, 8, 2)], 0, 2],
    ['an acknowledged append that is there again', [...both, run(1, 6, 3)], 0, 3],
  ])('%s', (_, runs, lost, phantoms) => {
    const found = comparePartition(model(), reading(runs), true);
    expect(found).toMatchObject({ lost, phantoms });
    expect(found.faults.length).toBeGreaterThan(0);
  });

  test('a refused append', () => {
    const expected = model();
    expected.refused(3);
    expect(comparePartition(expected, reading([...both, run(3, 6, 2)]), true).phantoms).toBe(2);
  });

  test('a part of a batch, where the codec keeps batches whole', () => {
    const found = reading([...both, run(3, 6, 1, { total: 2 })]);
    expect(comparePartition(model(), found, true).faults).toHaveLength(1);
    expect(comparePartition(model(), found, false).faults).toEqual([]);
  });

  test('a log start that nobody asked for', () => {
    const rest = reading([run(2, 3, 3)], { logStart: 3 });
    expect(comparePartition(model(), rest, true).faults).toHaveLength(1);
  });

  test('a truncation that was done in part', () => {
    const expected = model();
    expected.cut(9, 1);
    const found = reading([run(1, 0, 3)]);
    expect(comparePartition(expected, found, true).lost).toBe(3);
  });

  test('holes and wrong bytes', () => {
    const found = reading(both, { holes: ['[6, 7)'], foreign: ['offset 2: wrong bytes'] });
    expect(comparePartition(model(), found, true)).toMatchObject({ phantoms: 1 });
    expect(comparePartition(model(), found, true).faults).toHaveLength(2);
  });
});

test('an idempotent append that is called a duplicate must be one, and a new one must not be there', () => {
  const made = new PartitionModel();
  const stamp = { id: 'p', epoch: 0, sequence: 0 };
  const intent: AppendIntent = { type: 'append', topic: 't', partition: 0, count: 2, stamp };
  made.append(1, 1, intent);
  expect(made.acknowledged(1, 0, false)).toBeUndefined();
  const again = { ...intent, again: { cycle: 1, operation: 1 } };
  made.append(1, 2, again);
  expect(made.acknowledged(1, 0, true)).toBeUndefined();
  made.append(2, 2, again);
  expect(made.acknowledged(2, 0, false)).toContain('a second time');
  made.append(3, 2, again);
  expect(made.acknowledged(3, 5, true)).toContain('called a duplicate');
  expect(made.memory).toMatchObject({ epoch: 0, nextSequence: 2, repeat: [{ cycle: 1, operation: 1 }] });
});
