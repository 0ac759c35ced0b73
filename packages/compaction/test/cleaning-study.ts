import assert from 'node:assert/strict';
import type { CleanupOverrides, CleanupPolicy, StoredRecord } from '@seglog/core';
import { type CrashStudy, type Oracle, type SimulatedDisk, unlessRefused } from '@seglog/testing';
import { fold, openRig, type Rig, type RigSetup, recordOf, recordsOf, wordsOf } from './rig.js';

/** One thing that a workload does with its log. */
export type CleaningStep =
  /** One append of these records, in words. */
  | { readonly do: 'append'; readonly words: readonly string[] }
  | { readonly do: 'roll' | 'compact' | 'round' | 'reopen' | 'kill' }
  | { readonly do: 'configure'; readonly policy: CleanupPolicy; readonly cleanup: CleanupOverrides }
  | { readonly do: 'wait'; readonly ms: number };

/** What was asked for, and of what the caller was told that it is durable. */
export type CleaningFact =
  | { readonly kind: 'asked'; readonly words: readonly string[] }
  | { readonly kind: 'durable' }
  /** From here on the log may begin at any offset up to this one. */
  | { readonly kind: 'deleting' };

export interface CleaningStudy extends RigSetup {
  readonly name: string;
  readonly steps: readonly CleaningStep[];
  /** So many states that the short search takes a lighter profile. */
  readonly large?: boolean;
}

export interface Recovered {
  readonly disk: SimulatedDisk;
  readonly rig: Rig;
  readonly records: readonly StoredRecord[];
}

function openOn(disk: SimulatedDisk, setup: RigSetup): Promise<Rig> {
  return openRig({ root: disk.root, clock: disk.clock, random: disk.random }, setup);
}

/** Carries out the steps of a workload, one after the other. What a fault lets fail is left undone. */
class CleaningRun {
  readonly #disk: SimulatedDisk;
  readonly #oracle: Oracle<CleaningFact>;
  readonly #study: CleaningStudy;
  #rig: Rig | undefined;
  /** Nobody knows what is there: with another append, offsets would not tell who is who. */
  #inDoubt = false;

  public constructor(disk: SimulatedDisk, oracle: Oracle<CleaningFact>, study: CleaningStudy) {
    this.#disk = disk;
    this.#oracle = oracle;
    this.#study = study;
  }

  public async perform(step: CleaningStep): Promise<void> {
    this.#rig ??= await unlessRefused(() => openOn(this.#disk, this.#study));
    const rig = this.#rig;
    if (rig === undefined) return this.end('kill');
    if (step.do === 'append') await this.#append(rig, step.words);
    else if (step.do === 'configure') rig.configure(step.policy, step.cleanup);
    else if (step.do === 'wait') await this.#disk.clock.sleep(step.ms);
    else if (step.do === 'reopen' || step.do === 'kill') await this.end(step.do);
    else {
      if (step.do === 'round') this.#oracle.note({ kind: 'deleting' });
      const { log, cleanup } = rig;
      const calls = {
        roll: () => log.roll(),
        compact: () => cleanup.compact('t'),
        round: () => cleanup.run(),
      };
      await unlessRefused<unknown>(calls[step.do]);
    }
  }

  public async end(how: 'reopen' | 'kill'): Promise<void> {
    const rig = this.#rig;
    this.#rig = undefined;
    if (how === 'reopen' && rig !== undefined) await unlessRefused(() => rig.close());
    await unlessRefused(() => this.#disk.root.close());
  }

  async #append(rig: Rig, words: readonly string[]): Promise<void> {
    if (this.#inDoubt) return;
    this.#oracle.note({ kind: 'asked', words });
    const appended = await unlessRefused(() => rig.log.append(words.map(recordOf)));
    if (appended === undefined) this.#inDoubt = true;
    else this.#oracle.note({ kind: 'durable' });
  }
}

/** A log that is cleaned: whatever crash comes, what a map of its records shows is what was appended. */
export function cleaningStudy(study: CleaningStudy): CrashStudy<Recovered, CleaningFact> {
  return {
    name: study.name,
    async workload(disk, oracle) {
      const run = new CleaningRun(disk, oracle, study);
      for (const step of study.steps) await run.perform(step);
      await run.end('reopen');
    },
    async open(disk) {
      const rig = await openOn(disk, study);
      return { disk, rig, records: await recordsOf(rig.log) };
    },
    async check({ rig, records }, { facts, state }) {
      requireAllowed(rig, records, facts);
      const shown = `${rig.log.offsets().logStart} ${records.map(({ offset }) => offset).join(' ')}`;
      if (state % 3 === 0) await requireGoingOn(rig, facts);
      return shown;
    },
    describe: (fact) => JSON.stringify(fact),
  };
}

function requireAllowed(rig: Rig, records: readonly StoredRecord[], facts: readonly CleaningFact[]): void {
  const { logStart, logEnd } = rig.log.offsets();
  const appended = facts.flatMap((fact) => (fact.kind === 'asked' ? fact.words : []));
  const durable = facts.slice(0, facts.findLastIndex(({ kind }) => kind === 'durable') + 1);
  const promised = durable.flatMap((fact) => (fact.kind === 'asked' ? fact.words : [])).length;
  assert.ok(logEnd >= promised, `${promised} records were promised, and the log ends at ${logEnd}`);
  assert.ok(logEnd <= appended.length, 'nothing is there that nobody appended');
  if (!facts.some(({ kind }) => kind === 'deleting')) assert.equal(logStart, 0, 'nothing was to be deleted');
  for (const record of records)
    assert.equal(wordsOf(record), appended[record.offset], 'a record is as it was');
  assert.deepEqual(
    fold(records),
    expectedState(appended.slice(0, logEnd), logStart),
    'the latest of each key',
  );
}

/** What the log must show that was never compacted: the latest record of each key, if it is not below the log start. */
export function expectedState(appended: readonly string[], logStart: number): Map<string, string> {
  const all = appended.map((words, offset) => ({ offset, ...recordOf(words) }));
  const state = fold(all);
  for (const [key, shown] of state) if (Number(shown.split(' ')[0]) < logStart) state.delete(key);
  return state;
}

/** A recovered log takes appends, and compacts to what it showed. */
async function requireGoingOn(rig: Rig, facts: readonly CleaningFact[]): Promise<void> {
  const before = await recordsOf(rig.log);
  await rig.cleanup.compact('t');
  assert.deepEqual(
    fold(await recordsOf(rig.log)),
    fold(before),
    'compaction changes nothing that a map shows',
  );
  const { baseOffset } = await rig.log.append([recordOf('a=new')]);
  assert.ok(baseOffset <= facts.length * 10, 'the log goes on where it ended');
  assert.equal(fold(await recordsOf(rig.log)).get('a'), `${baseOffset} new`);
}
