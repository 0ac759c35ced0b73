import { crc32 } from 'node:zlib';
import { type Checksum, Journal, type JournalOptions } from '@seglog/core';
import { expect, test } from 'vitest';
import { type CrashStudy, enumerateCrashes, type Oracle, type SimulatedDisk } from '../src/index.js';
import { RESTORED_CURRENT_STUDY } from './studies/journal-study.js';

const checksum: Checksum = {
  id: 2,
  name: 'crc32',
  of: (source, start, end, seed) => (start === end ? seed : crc32(source.subarray(start, end), seed)),
};

/** Edits that the journal was told to hold, before (`asked`) and after (`told`) the call; `sync` of the call. */
interface Fact {
  readonly phase: 'asked' | 'told';
  readonly edits: readonly string[];
  readonly sync: boolean;
}

interface Opened {
  readonly disk: SimulatedDisk;
  readonly journal: Journal | undefined;
  readonly edits: readonly unknown[] | undefined;
}

const optionsOn = (disk: SimulatedDisk): JournalOptions => ({
  prefix: 'MANIFEST',
  checksum,
  random: disk.random,
});

async function openOn(disk: SimulatedDisk): Promise<Opened> {
  if (!(await Journal.exists(disk.root, optionsOn(disk))))
    return { disk, journal: undefined, edits: undefined };
  const { journal, edits } = await Journal.open(disk.root, optionsOn(disk));
  return { disk, journal, edits: edits.flat() };
}

/** Two lives of one journal: appends of several sizes, some unsynced, a rewrite, appends after it. */
async function workload(disk: SimulatedDisk, oracle: Oracle<Fact>): Promise<void> {
  let edits: readonly string[] = ['first'];
  const step = async <T>(next: readonly string[], sync: boolean, call: () => Promise<T>): Promise<T> => {
    edits = next;
    oracle.note({ phase: 'asked', edits, sync });
    const result = await call();
    oracle.note({ phase: 'told', edits, sync });
    return result;
  };
  let journal = await step(edits, true, () => Journal.create(disk.root, optionsOn(disk), ['first']));
  for (const life of ['one', 'two']) {
    for (const [edit, sync] of [
      ['a', true],
      ['b'.repeat(600), true],
      ['c', false],
      ['d', true],
    ] as const) {
      await step([...edits, life + edit], sync, () => journal.append([life + edit], { sync }));
    }
    await step([`${life} snapshot`], true, () => journal.rewrite([`${life} snapshot`]));
    await step([...edits, `${life} last`], true, () => journal.append([`${life} last`]));
    await journal.close();
    journal = (await Journal.open(disk.root, optionsOn(disk))).journal;
  }
}

/** What was acknowledged as durable, or anything that was asked for since. */
function allowed(facts: readonly Fact[]): readonly unknown[] {
  const durable = facts.findLastIndex(({ phase, sync }) => phase === 'told' && sync);
  const since = facts.slice(durable + 1).filter(({ phase }) => phase === 'asked');
  return [durable === -1 ? undefined : facts[durable]?.edits, ...since.map(({ edits }) => edits)];
}

const study: CrashStudy<Opened, Fact> = {
  name: 'journal',
  workload,
  open: openOn,
  async check({ disk, journal, edits }, { facts }) {
    expect(allowed(facts)).toContainEqual(edits);
    const going = journal ?? (await Journal.create(disk.root, optionsOn(disk), []));
    await going.append(['after']);
    const again = await openOn(disk);
    expect(again.edits).toEqual([...(edits ?? []), 'after']);
    return JSON.stringify(edits);
  },
};

/**
 * A process that is killed, or that fails, between a rename and the sync of the directory leaves names that the next process
 * sees, and that a power cut may still take back. What that next process acknowledges must not go with them.
 */
const afterFailure = (failedIn: 'create' | 'rewrite' | 'append'): CrashStudy<Opened, Fact> => ({
  ...study,
  name: `journal after a failure in ${failedIn}`,
  async workload(disk, oracle) {
    const made = Journal.create(disk.root, optionsOn(disk), [failedIn === 'rewrite' ? 'old' : 'first']);
    if (failedIn === 'create') made.catch(() => undefined);
    else if (failedIn === 'rewrite') (await made).rewrite(['first']).catch(() => undefined);
    else (await made).append(['torn']).catch(() => undefined);
    await disk.clock.sleep(1000);
    const { journal, edits: found } = await Journal.open(disk.root, optionsOn(disk));
    const first = found.flat() as string[];
    oracle.note({ phase: 'told', edits: first, sync: true });
    for (const edits of [
      [...first, 'a'],
      [...first, 'a', 'b'],
    ]) {
      oracle.note({ phase: 'asked', edits, sync: true });
      await journal.append(edits.slice(-1));
      oracle.note({ phase: 'told', edits, sync: true });
    }
    oracle.note({ phase: 'asked', edits: ['end'], sync: true });
    await journal.rewrite(['end']);
    oracle.note({ phase: 'told', edits: ['end'], sync: true });
  },
  async check(opened, context) {
    // Before the second process has opened the journal, nothing was promised to anybody.
    if (context.facts.length > 0) return study.check(opened, context);
    return JSON.stringify(opened.edits);
  },
});

test.each([
  ['strict', 'strict'],
  ['kill', 'strict'],
  ['hostile', 'strict'],
] as const)(
  'a journal survives every crash (%s) of its life and (%s) of its recovery',
  async (profile, nestedProfile) => {
    const report = await enumerateCrashes(study, { profile, nestedProfile, depth: 2 });
    expect(report.violations[0]?.timeline).toBeUndefined();
    expect(report.distinctStates).toBeGreaterThan(1000);
  },
);

test.each([
  ['create', { call: 'syncDirectory', skip: 1 }],
  ['rewrite', { call: 'syncDirectory', skip: 3 }],
  ['append', { call: 'sync', skip: 2 }],
] as const)('what follows a failure in %s survives every crash', async (failedIn, call) => {
  for (const effect of [{ kind: 'hang' }, { kind: 'error', errno: 'EIO' }] as const) {
    const report = await enumerateCrashes(afterFailure(failedIn), { faults: [{ ...call, effect }] });
    expect(report.violations[0]?.timeline).toBeUndefined();
    expect(report.distinctStates).toBeGreaterThan(20);
  }
});

test('the file that names a journal is restored whole, however often that is cut short', async () => {
  const report = await enumerateCrashes(RESTORED_CURRENT_STUDY, { depth: 2, profile: 'hostile' });
  expect(report.violations[0]?.timeline).toBeUndefined();
  expect(report.distinctStates).toBeGreaterThan(10);
});
