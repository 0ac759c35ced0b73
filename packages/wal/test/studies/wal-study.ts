import assert from 'node:assert/strict';
import { BufferPool, SeglogError, segmentFileName, type WalRecord } from '@seglog/core';
import { type CrashStudy, type Oracle, type SimulatedDisk, succeeds, unlessRefused } from '@seglog/testing';
import { loadBlake3 } from '../../src/blake3.js';
import { openWal, type WalBench, type WalMakings } from '../wal-bench.js';

/** One thing that a workload does with its write-ahead log. */
export type WalStep =
  | { readonly do: 'append'; readonly bytes: number }
  /** Appends that are under way at the same time. */
  | { readonly do: 'appends'; readonly count: number; readonly bytes: number }
  | { readonly do: 'roll' | 'reopen' | 'kill' }
  /** Lets go of what the first so many acknowledged appends wrote. */
  | { readonly do: 'release'; readonly appends: number }
  | { readonly do: 'wait'; readonly ms: number };

export interface WalStudy extends WalMakings {
  readonly name: string;
  readonly steps: readonly WalStep[];
}

/** What a workload asked for, and what it was told. Appends are numbered. */
export type WalFact =
  | { readonly kind: 'asked'; readonly append: number; readonly bytes: number }
  | { readonly kind: 'durable'; readonly append: number; readonly lsn: number; readonly nextLsn: number }
  | { readonly kind: 'refused' | 'unknown'; readonly append: number }
  | { readonly kind: 'releasing' | 'released'; readonly lsn: number };

interface Opened extends WalBench {
  readonly disk: SimulatedDisk;
  readonly records: readonly WalRecord[];
}

// Loading takes time that is not the simulated disk's.
await loadBlake3();

/** Shared by all logs of a study, so that a state costs no fresh memory. */
const BUFFERS = new BufferPool({ bufferBytes: 16 * 1024, maxIdle: 8 });

/** A write-ahead log under a workload: whatever crash comes, it opens, replays what it promised, and goes on. */
export function walStudy(study: WalStudy): CrashStudy<Opened, WalFact> {
  return {
    name: study.name,
    async workload(disk, oracle) {
      const run = new WalRun(disk, oracle, study);
      for (const step of study.steps) await run.perform(step);
      await run.close();
    },
    open: (disk) => openOn(disk, study),
    async check(opened, { facts, state }) {
      requireAllowed(opened.records, opened.wal.marks(), facts);
      if (study.settings?.chain === 'blake3') await requireLinked(opened);
      const shown = opened.records
        .map(({ lsn, kind, payload }) => `${lsn}:${kind}/${payload.length}`)
        .join(' ');
      if (state % 3 === 0) await goOn(opened, study);
      return shown;
    },
    describe: (fact) => JSON.stringify(fact),
  };
}

/** Of append number `n`, so that no two records are alike and each tells which it is. */
export function payloadOf(append: number, bytes: number): Uint8Array {
  return Buffer.from(`${append};`.padEnd(Math.max(bytes, 4), 'abcdefg'));
}

async function openOn(disk: SimulatedDisk, makings: WalMakings): Promise<Opened> {
  const { clock, random, root } = disk;
  const parts = { clock, random, writeBuffers: BUFFERS, readBuffers: BUFFERS, ...makings.parts };
  const bench = await openWal(root, { ...makings, parts });
  return { ...bench, disk, records: await replayed(bench) };
}

async function replayed({ wal }: Pick<WalBench, 'wal'>): Promise<readonly WalRecord[]> {
  const records: WalRecord[] = [];
  const { gaps } = await wal.replay((record) => {
    records.push(record);
  });
  assert.deepEqual(gaps, [], 'no crash makes a hole');
  return records;
}

/**
 * What was acknowledged and not released is replayed byte for byte at its LSN; records are whole, in the order in which
 * they were asked for, none twice, none that was refused or never asked for, none that was released; and no LSN that was
 * ever handed out is handed out again.
 */
function requireAllowed(
  records: readonly WalRecord[],
  marks: { readonly start: number; readonly end: number },
  facts: readonly WalFact[],
): void {
  const asked = new Map<number, number>();
  const durable = new Map<number, { readonly lsn: number; readonly nextLsn: number }>();
  const refused = new Set<number>();
  let released = 0;
  let releasing = 0;
  for (const fact of facts) {
    if (fact.kind === 'asked') asked.set(fact.append, fact.bytes);
    else if (fact.kind === 'durable') durable.set(fact.append, fact);
    else if (fact.kind === 'refused') refused.add(fact.append);
    else if (fact.kind === 'released') released = Math.max(released, fact.lsn);
    else if (fact.kind === 'releasing') releasing = Math.max(releasing, fact.lsn);
  }
  const found = new Map<number, WalRecord>();
  let last = -1;
  for (const record of records) {
    const append = Number.parseInt(Buffer.from(record.payload).toString(), 10);
    assert.ok(append > last, `record ${append} comes behind ${last}`);
    last = append;
    assert.deepEqual(Buffer.from(record.payload), payloadOf(append, asked.get(append) ?? -1), 'exact bytes');
    assert.ok(!refused.has(append), `record ${append} was refused`);
    assert.ok(record.lsn >= released, `record ${append} was released`);
    found.set(append, record);
  }
  for (const [append, { lsn, nextLsn }] of durable) {
    const record = found.get(append);
    if (record !== undefined) assert.deepEqual([record.lsn, record.nextLsn], [lsn, nextLsn]);
    else assert.ok(nextLsn <= releasing, `record ${append} was acknowledged, and is lost`);
    assert.ok(marks.end >= nextLsn, 'LSNs never start again');
  }
}

/** Every sealed segment is in the chain of hashes once the log is open; that the hashes hold is for opening to check. */
async function requireLinked({ wal, directory }: Opened): Promise<void> {
  const names = (await directory.list()).map(({ name }) => name).filter((name) => name.endsWith('.log'));
  const linked = wal.links().map(segmentFileName);
  assert.deepEqual(names.toSorted().slice(0, -1), linked);
}

/** A recovered log takes records and is found again; everything can be released. */
async function goOn(opened: Opened, makings: WalMakings): Promise<void> {
  const { wal, disk, records } = opened;
  const { end } = wal.marks();
  const position = await wal.append(Buffer.from('99999;after'), { kind: 7 });
  assert.ok(position.lsn >= end, 'an LSN is not used twice');
  await opened.close();
  await disk.root.close();
  const again = await openOn(disk, makings);
  assert.deepEqual(again.records.slice(0, -1), records, 'a clean close loses nothing');
  assert.equal(again.records.at(-1)?.kind, 7);
  await again.wal.release(position.nextLsn);
  assert.equal((await replayed(again)).length, 0);
  await again.close();
  await disk.root.close();
  const last = await openOn(disk, makings);
  assert.deepEqual(last.records, []);
  const { end: after } = last.wal.marks();
  assert.ok(after >= position.nextLsn, 'LSNs go on after everything was released');
  // Links take numbers of their own.
  if (last.wal.links().length === 0) assert.equal(after, position.nextLsn, 'and none is left out');
  await last.close();
}

/** Carries out the steps of a workload, and notes what was asked for and told. Copes with every failure of the family. */
class WalRun {
  readonly #disk: SimulatedDisk;
  readonly #oracle: Oracle<WalFact>;
  readonly #makings: WalMakings;
  readonly #told: number[] = [];
  #opened: Opened | undefined;
  #next = 0;

  public constructor(disk: SimulatedDisk, oracle: Oracle<WalFact>, makings: WalMakings) {
    this.#disk = disk;
    this.#oracle = oracle;
    this.#makings = makings;
  }

  public async perform(step: WalStep): Promise<void> {
    this.#opened ??= await this.#open();
    const wal = this.#opened?.wal;
    if (wal === undefined) return;
    if (step.do === 'append') await this.#append(wal, step.bytes);
    else if (step.do === 'appends') {
      await Promise.all(Array.from({ length: step.count }, () => this.#append(wal, step.bytes)));
    } else if (step.do === 'wait') await this.#disk.clock.sleep(step.ms);
    else if (step.do === 'roll') await unlessRefused(() => wal.roll());
    else if (step.do === 'release') await this.#release(wal, step.appends);
    else if (step.do === 'reopen') await this.close();
    else await this.#letGo();
  }

  public async close(): Promise<void> {
    const opened = this.#opened;
    if (opened !== undefined) await unlessRefused(() => opened.close());
    await this.#letGo();
  }

  /** The process dies, and its caches live on. */
  async #letGo(): Promise<void> {
    this.#opened = undefined;
    await unlessRefused(() => this.#disk.root.close());
  }

  async #open(): Promise<Opened | undefined> {
    const opened = await unlessRefused(() => openOn(this.#disk, this.#makings));
    if (opened === undefined) await this.#letGo();
    return opened;
  }

  async #append(wal: WalBench['wal'], bytes: number): Promise<void> {
    const append = this.#next++;
    this.#oracle.note({ kind: 'asked', append, bytes });
    try {
      const { lsn, nextLsn } = await wal.append(payloadOf(append, bytes));
      this.#told.push(nextLsn);
      this.#oracle.note({ kind: 'durable', append, lsn, nextLsn });
    } catch (error) {
      if (!SeglogError.is(error)) throw error;
      // A piece of a record that was refused may be there; the record is not.
      this.#oracle.note({ kind: error.code === 'APPEND_UNKNOWN' ? 'unknown' : 'refused', append });
    }
  }

  async #release(wal: WalBench['wal'], appends: number): Promise<void> {
    const lsn = this.#told[appends - 1];
    if (lsn === undefined) return;
    this.#oracle.note({ kind: 'releasing', lsn });
    if (await succeeds(() => wal.release(lsn))) this.#oracle.note({ kind: 'released', lsn });
  }
}
