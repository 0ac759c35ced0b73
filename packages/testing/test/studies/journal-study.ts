import assert from 'node:assert/strict';
import { crc32c, Journal, restoreCurrent, SeglogError } from '@seglog/core';
import { type CrashStudy, damage, type Oracle, type SimulatedDisk } from '../../src/index.js';

/** What became of one edit; `asked` until something is known. */
export interface EditFact {
  readonly edit: number;
  readonly outcome: 'asked' | 'written' | 'durable' | 'refused' | 'unknown';
}

export type JournalStep = 'append' | 'append unsynced' | 'append large' | 'sync' | 'rewrite' | 'reopen';

/** Workloads of one journal. */
export const JOURNAL_STUDIES: Readonly<Record<string, readonly JournalStep[]>> = {
  'journal: create, append': ['append', 'append', 'append'],
  'journal: unsynced edits': [
    'append unsynced',
    'append unsynced',
    'append',
    'append unsynced',
    'sync',
    'append unsynced',
  ],
  'journal: rewrite': ['append', 'append', 'rewrite', 'append', 'rewrite'],
  'journal: close, reopen': [
    'append',
    'append unsynced',
    'reopen',
    'append unsynced',
    'append large',
    'reopen',
    'append',
  ],
};

interface OpenJournal {
  readonly journal: Journal;
  readonly edits: readonly number[];
}

/** A journal that is created, appended to and rewritten: every edit is found again in order, or was never promised. */
export function journalStudy(name: string, steps: readonly JournalStep[]): CrashStudy<OpenJournal, EditFact> {
  return {
    name,
    async workload(disk, oracle) {
      const run = new JournalRun(disk, oracle);
      for (const step of steps) await run.perform(step);
      await run.close();
    },
    async open(disk) {
      const opened = await openJournal(disk);
      return opened;
    },
    async check({ journal, edits }, { facts }) {
      requireAllowed(edits, facts);
      await journal.append([{ edit: 1_000_000 }]);
      await journal.close();
      return edits.join(',');
    },
    describe: ({ edit, outcome }) => `edit ${edit} ${outcome}`,
  };
}

const optionsOf = (disk: SimulatedDisk): Parameters<typeof Journal.create>[1] => ({
  prefix: 'MANIFEST',
  checksum: crc32c(),
  random: disk.random,
});

async function openJournal(disk: SimulatedDisk): Promise<OpenJournal> {
  const options = optionsOf(disk);
  const { root } = disk;
  if (!(await Journal.exists(root, options))) {
    return { journal: await Journal.create(root, options, []), edits: [] };
  }
  const { journal, edits } = await Journal.open(root, options);
  return { journal, edits: edits.flat().map(editNumber) };
}

function editNumber(edit: unknown): number {
  const { edit: number } = edit as { readonly edit: number };
  return number;
}

class JournalRun {
  readonly #disk: SimulatedDisk;
  readonly #oracle: Oracle<EditFact>;
  readonly #outcomes = new Map<number, EditFact['outcome']>();
  #journal: Journal | undefined;
  #next = 0;

  public constructor(disk: SimulatedDisk, oracle: Oracle<EditFact>) {
    this.#disk = disk;
    this.#oracle = oracle;
  }

  public async perform(step: JournalStep): Promise<void> {
    const journal = await this.#opened();
    if (journal === undefined) return;
    if (step === 'reopen') return this.close();
    if (step === 'sync') await this.#durably(() => journal.sync());
    else if (step === 'rewrite') {
      const snapshot = this.#known().map((edit) => ({ edit }));
      await this.#durably(() => journal.rewrite(snapshot));
    } else await this.#append(journal, step);
  }

  public async close(): Promise<void> {
    const journal = this.#journal;
    this.#journal = undefined;
    if (journal !== undefined) await this.#durably(() => journal.close());
  }

  /** Undefined when it cannot be opened, as long as a fault lasts. */
  async #opened(): Promise<Journal | undefined> {
    if (this.#journal !== undefined) return this.#journal;
    try {
      const { journal, edits } = await openJournal(this.#disk);
      requireAllowed(edits, this.#oracle.first(this.#oracle.count));
      for (const [edit, outcome] of this.#outcomes) {
        if (outcome === 'unknown') this.#note(edit, edits.includes(edit) ? 'durable' : 'refused');
      }
      this.#journal = journal;
      return journal;
    } catch (error) {
      if (!SeglogError.is(error, 'STORAGE') && !SeglogError.is(error, 'STORAGE_FULL')) throw error;
      return undefined;
    }
  }

  async #append(journal: Journal, step: JournalStep): Promise<void> {
    const edit = this.#next;
    this.#next += 1;
    this.#note(edit, 'asked');
    const padding = step === 'append large' ? 'x'.repeat(5000) : '';
    try {
      await journal.append([{ edit, padding }], { sync: step !== 'append unsynced' });
    } catch (error) {
      this.#note(
        edit,
        SeglogError.is(error, 'STORAGE_FULL') || SeglogError.is(error, 'LOG_POISONED')
          ? 'refused'
          : 'unknown',
      );
      return;
    }
    this.#note(edit, 'written');
    if (step !== 'append unsynced') this.#allDurable();
  }

  async #durably(effect: () => Promise<void>): Promise<void> {
    try {
      await effect();
    } catch (error) {
      if (!SeglogError.is(error)) throw error;
      for (const [edit, outcome] of this.#outcomes) if (outcome === 'written') this.#note(edit, 'unknown');
      return;
    }
    this.#allDurable();
  }

  #allDurable(): void {
    for (const [edit, outcome] of this.#outcomes) if (outcome === 'written') this.#note(edit, 'durable');
  }

  #known(): readonly number[] {
    return [...this.#outcomes]
      .filter(([, outcome]) => outcome === 'written' || outcome === 'durable')
      .map(([edit]) => edit);
  }

  #note(edit: number, outcome: EditFact['outcome']): void {
    this.#outcomes.set(edit, outcome);
    this.#oracle.note({ edit, outcome });
  }
}

function requireAllowed(found: readonly number[], facts: readonly EditFact[]): void {
  const outcomes = new Map<number, EditFact['outcome']>();
  for (const { edit, outcome } of facts) outcomes.set(edit, outcome);
  assert.deepEqual(
    found,
    found.toSorted((one, other) => one - other),
    'edits are in the order of their appends',
  );
  assert.equal(new Set(found).size, found.length, 'no edit is there twice');
  for (const edit of found) {
    const outcome = outcomes.get(edit);
    assert.ok(outcome !== undefined, `edit ${edit} was never asked for`);
    assert.ok(outcome !== 'refused', `edit ${edit} was refused and is there`);
  }
  let missing: number | undefined;
  for (const [edit, outcome] of outcomes) {
    const there = found.includes(edit);
    assert.ok(there || outcome !== 'durable', `edit ${edit} was durable and is missing`);
    if (outcome === 'written' && !there) missing ??= edit;
    assert.ok(
      !there || missing === undefined,
      `edit ${edit} is there and edit ${missing ?? ''} before it is not`,
    );
  }
}

const OPTIONS = { prefix: 'J', checksum: crc32c() };

/** The file that names a journal is lost, and found again. */
export const RESTORED_CURRENT_STUDY: CrashStudy<SimulatedDisk, 'made' | 'restored'> = {
  name: 'journal: restored CURRENT',
  async workload(disk, oracle) {
    const journal = await Journal.create(disk.root, { ...OPTIONS, random: disk.random }, [{ edit: 1 }]);
    await journal.close();
    await disk.root.sync();
    await damage(disk.root, { kind: 'missing', name: 'CURRENT' });
    oracle.note('made');
    await restoreCurrent(disk.root, 'J', crc32c());
    oracle.note('restored');
  },
  open: async (disk) => disk,
  async check(disk, { facts }) {
    if (!facts.includes('made')) return undefined;
    const found = await restoreCurrent(disk.root, 'J', crc32c());
    if (facts.includes('restored')) assert.equal(found, undefined, 'what was restored stays so');
    const { journal, edits } = await Journal.open(disk.root, { ...OPTIONS, random: disk.random });
    assert.deepEqual(edits.flat(), [{ edit: 1 }]);
    await journal.close();
    return undefined;
  },
};
