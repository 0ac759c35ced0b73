import assert from 'node:assert/strict';
import { type AppendResult, type RecordInput, SeglogError } from '@seglog/core';
import * as fc from 'fast-check';
import { expectCode } from '../expectation.js';
import { recordArbitrary } from '../record-arbitraries.js';
import type { LogModel } from './log-model.js';
import { type IndexDamage, type LogChoice, type LogRig, logChoiceArbitrary } from './log-rig.js';

/** One step, taken by a model and by a log; it fails where they differ. */
export type LogCommand = fc.AsyncCommand<LogModel, LogRig>;

type Step = (model: LogModel, rig: LogRig) => Promise<void>;

function command(name: string, run: Step): LogCommand {
  return { check: () => true, run, toString: () => name };
}

/**
 * Steps for `fc.commands`: appends, reads, scans, look-ups, rolls, deletions, truncations, syncs, closes and kills, each
 * opening with parts of its own and with index files that may have been damaged. Run them with
 * `fc.asyncModelRun(async () => ({ model: new LogModel(), real: await LogRig.start(choice) }), commands)`.
 */
export function logCommands(): fc.Arbitrary<LogCommand>[] {
  return [
    ...writing(),
    ...reading(),
    place().map((at) => command(`deleteRecordsBefore(${at})`, (model, rig) => deleteBefore(model, rig, at))),
    place().map((at) => command(`truncateAfter(${at})`, (model, rig) => truncateAfter(model, rig, at))),
    fc.constant(command('roll()', roll)),
    fc.constant(command('sync()', sync)),
    ...openings(),
  ];
}

function writing(): fc.Arbitrary<LogCommand>[] {
  const batch = fc.array(smallRecord(), { minLength: 1, maxLength: 6 });
  const batches = fc.array(batch, { minLength: 1, maxLength: 8 });
  return [
    batches.map((all) =>
      command(`append(${all.map(({ length }) => length).join(', ')})`, (model, rig) =>
        append(model, rig, all),
      ),
    ),
    fc
      .tuple(batches, fc.nat(40), logChoiceArbitrary(), damage())
      .map(([all, turns, choice, damaged]) =>
        command(
          `kill during append(${all.length}), after ${turns} turns, ${words(choice, damaged)}`,
          (model, rig) => killDuringAppends(model, rig, { batches: all, turns, choice, damaged }),
        ),
      ),
  ];
}

function reading(): fc.Arbitrary<LogCommand>[] {
  const limits = fc.record({ maxRecords: fc.integer({ min: 1, max: 60 }), maxBytes: fc.nat(4000) });
  return [
    fc.tuple(place(), limits).map(([at, limit]) =>
      command(`read(${at})`, async (model, { log }) => {
        const from = model.offsetAt(at);
        const { records, nextOffset } = await log.read(from, { ...limit, isolation: 'uncommitted' });
        model.expectRead(from, records);
        assert.equal(nextOffset, from + records.length);
        assert.ok(records.length > 0 || from === model.logEnd);
      }),
    ),
    place().map((at) => command(`scan(${at})`, (model, rig) => scan(model, rig, at))),
    fc.nat(1200).map((time) =>
      command(`offsetForTimestamp(${time})`, async (model, { log }) => {
        const found = await log.offsetForTimestamp(time, { isolation: 'uncommitted' });
        assert.equal(found, model.offsetForTimestamp(time));
      }),
    ),
  ];
}

function openings(): fc.Arbitrary<LogCommand>[] {
  const opening = fc.tuple(logChoiceArbitrary(), damage());
  return [
    opening.map(([choice, damaged]) =>
      command(`close and open, ${words(choice, damaged)}`, async (model, rig) => {
        await rig.reopen(choice, damaged);
        assert.equal(rig.report.clean, true, 'a clean close is found');
        assert.equal(rig.report.scannedBytes, 0, 'nothing is scanned after a clean close');
        await model.expectSameLog(rig.log);
      }),
    ),
    opening.map(([choice, damaged]) =>
      command(`kill and open, ${words(choice, damaged)}`, async (model, rig) => {
        await rig.beside(choice, (reader) => model.expectSameLog(reader.log));
        await rig.kill(choice, damaged);
        await model.expectSameLog(rig.log);
      }),
    ),
  ];
}

async function append(model: LogModel, { log }: LogRig, batches: readonly RecordInput[][]): Promise<void> {
  const results = await Promise.all(batches.map((batch) => log.append(batch)));
  for (const [i, { baseOffset, lastOffset }] of results.entries()) {
    const batch = batches[i] ?? [];
    assert.equal(baseOffset, model.append(batch));
    assert.equal(lastOffset, baseOffset + batch.length - 1);
  }
}

/** Of appends that the process did not live to see answered, the log keeps a prefix; of those that it did, all. */
async function killDuringAppends(
  model: LogModel,
  rig: LogRig,
  how: {
    readonly batches: readonly RecordInput[][];
    readonly turns: number;
    readonly choice: LogChoice;
    readonly damaged: IndexDamage;
  },
): Promise<void> {
  const { atomicBatch } = rig;
  const ends: number[] = [model.logEnd];
  const answers: Promise<unknown>[] = [];
  const seen = { answered: model.logEnd, alive: true };
  for (const batch of how.batches) {
    model.append(batch);
    ends.push(model.logEnd);
    answers.push(noteAnswer(rig.log.append(batch), seen));
  }
  for (let i = 0; i < how.turns; i++) await Promise.resolve();
  seen.alive = false;
  await rig.kill(how.choice, how.damaged);
  await Promise.all(answers);
  const { logEnd } = rig.log.offsets();
  assert.ok(logEnd >= seen.answered, `${seen.answered} were answered, ${logEnd} are there`);
  assert.ok(!atomicBatch || ends.includes(logEnd), `${logEnd} lies inside a batch`);
  model.truncateAfter(logEnd - 1);
  await model.expectSameLog(rig.log);
}

/** What is answered after the end of the process is answered to nobody. */
async function noteAnswer(
  answer: Promise<AppendResult>,
  seen: { answered: number; readonly alive: boolean },
): Promise<void> {
  try {
    const { lastOffset } = await answer;
    if (seen.alive) seen.answered = Math.max(seen.answered, lastOffset + 1);
  } catch (error) {
    assert.ok(SeglogError.is(error), String(error));
  }
}

async function scan(model: LogModel, { log }: LogRig, at: number): Promise<void> {
  const from = model.offsetAt(at);
  let expected = from;
  const next = await log.scan(
    from,
    ({ offset, timestampMs, key, value, headers }) => {
      assert.equal(offset, expected);
      model.expectRead(offset, [{ offset, timestampMs, key, value, headers }]);
      expected += 1;
    },
    { isolation: 'uncommitted' },
  );
  assert.equal(expected, model.logEnd);
  assert.equal(next, model.logEnd);
}

async function deleteBefore(model: LogModel, { log }: LogRig, at: number): Promise<void> {
  const firstKept = Math.min(model.offsetAt(at), log.offsets().highWatermark);
  await log.deleteRecordsBefore(firstKept);
  model.deleteRecordsBefore(firstKept);
  assert.equal(log.offsets().logStart, model.logStart);
  if (model.logStart > 0) await expectCode('OFFSET_OUT_OF_RANGE', () => log.read(model.logStart - 1));
}

async function truncateAfter(model: LogModel, { log }: LogRig, at: number): Promise<void> {
  const lastKept = model.offsetAt(at) - 1;
  await log.truncateAfter(lastKept);
  model.truncateAfter(lastKept);
  assert.equal(log.offsets().logEnd, model.logEnd);
  await expectCode('OFFSET_OUT_OF_RANGE', () => log.read(model.logEnd + 1));
}

async function roll(model: LogModel, { log }: LogRig): Promise<void> {
  const { nextOffset, reason } = await log.roll();
  assert.deepEqual([nextOffset, reason], [model.logEnd, 'forced']);
  assert.equal(log.offsets().durable, model.logEnd);
}

async function sync(model: LogModel, { log }: LogRig): Promise<void> {
  await log.sync();
  assert.equal(log.offsets().durable, model.logEnd);
  await model.expectSameLog(log, { isolation: 'durable' });
}

/** Drawn once: making bytes is the dear part of drawing records. */
let shapes: readonly RecordInput[] | undefined;

/** Every record brings a timestamp, so that the model knows it. */
function smallRecord(): fc.Arbitrary<RecordInput> {
  shapes ??= fc.sample(recordArbitrary({ maxBytes: 120 }), { numRuns: 60, seed: 3 });
  const shape = fc.constantFrom(...shapes);
  return fc.tuple(shape, fc.nat(1000)).map(([given, timestampMs]) => ({ ...given, timestampMs }));
}

function place(): fc.Arbitrary<number> {
  return fc.oneof(
    fc.constantFrom(0, 1),
    fc.nat(100).map((share) => share / 100),
  );
}

function damage(): fc.Arbitrary<IndexDamage> {
  return fc.constantFrom('none', 'none', 'removed', 'flipped', 'shortened', 'lengthened', 'swapped');
}

const words = ({ policy, codec, index, settings }: LogChoice, damaged: IndexDamage): string =>
  `${policy}, ${codec}, ${index} index (${damaged}), ${JSON.stringify(settings)}`;
