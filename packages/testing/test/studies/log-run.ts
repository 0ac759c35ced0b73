import {
  type AppendResult,
  BufferPool,
  crc32c,
  defaultComponents,
  Log,
  type LogComponents,
  type LogSettings,
  type ProducerStamp,
  SeglogError,
  WriterSession,
} from '@seglog/core';
import { type Oracle, type SimulatedDisk, succeeds, unlessRefused } from '../../src/index.js';
import { type LogContent, type LogFact, textOf } from '../../src/log/log-facts.js';

/** One thing that a workload does with its log. */
export type LogStep =
  /** `sizes` of the values of one append; `acknowledge` as the policy says unless given. */
  | { readonly do: 'append'; readonly sizes: readonly number[]; readonly acknowledge?: 'written' | 'synced' }
  /** Appends that are under way at the same time, one record each. */
  | { readonly do: 'appends'; readonly count: number; readonly bytes: number }
  | { readonly do: 'sync' | 'roll' | 'reopen' }
  /** The process dies and its caches live on: the next step is another process, which recovers. */
  | { readonly do: 'kill' }
  /** A cleaner takes every second record of the sealed segments. */
  | { readonly do: 'clean' }
  | { readonly do: 'truncateAfter'; readonly lastKept: number }
  | { readonly do: 'deleteRecordsBefore'; readonly firstKept: number }
  /** Somebody puts an empty file of this name into the log's directory, durably. */
  | { readonly do: 'stranger'; readonly name: string }
  /** Lets time pass: watermarks are noted, timers fire, retired files go. */
  | { readonly do: 'wait'; readonly ms: number };

export interface LogSetup {
  readonly settings?: Partial<LogSettings>;
  readonly parts?: Partial<LogComponents>;
  /** Every append carries the stamp of this producer. */
  readonly producer?: string;
}

export interface OpenedLog {
  readonly disk: SimulatedDisk;
  readonly log: Log;
  readonly session: WriterSession;
  readonly content: LogContent;
}

/** Shared by all logs of a study, so that a state costs no fresh memory. */
const BUFFERS = new BufferPool({ bufferBytes: 16 * 1024, maxIdle: 8 });

export async function openLogOn(disk: SimulatedDisk, setup: LogSetup): Promise<OpenedLog> {
  const { clock, random, root } = disk;
  const session = await WriterSession.open(root, { clock, random, checksum: crc32c() });
  const directory = await root.directory('log', { create: true });
  await root.sync();
  const components: LogComponents = {
    ...defaultComponents(directory, session),
    clock,
    random,
    writeBuffers: BUFFERS,
    readBuffers: BUFFERS,
    ...setup.parts,
  };
  const log = new Log(components, { groupBytes: 16 * 1024, preallocateBytes: 1024, ...setup.settings });
  await log.open();
  return { disk, log, session, content: await contentOfLog(log) };
}

export async function contentOfLog(log: Log): Promise<LogContent> {
  const offsets = log.offsets();
  const { records } = await log.read(offsets.logStart, { maxRecords: 100_000, isolation: 'uncommitted' });
  return { offsets, records };
}

/** Carries out the steps of a workload, and notes what was asked for and told. */
export class LogRun {
  readonly #disk: SimulatedDisk;
  readonly #oracle: Oracle<LogFact>;
  readonly #setup: LogSetup;
  readonly #unsettled = new Map<
    number,
    { readonly values: readonly string[]; readonly kind: 'written' | 'unknown' }
  >();
  #opened: OpenedLog | undefined;
  #next = 0;
  #sequence = 0;
  #truncated = false;

  public constructor(disk: SimulatedDisk, oracle: Oracle<LogFact>, setup: LogSetup) {
    this.#disk = disk;
    this.#oracle = oracle;
    this.#setup = setup;
  }

  public async perform(step: LogStep): Promise<void> {
    const log = await this.#log();
    if (log === undefined) return;
    if (step.do === 'append') await this.#append(log, step.sizes, step.acknowledge);
    else if (step.do === 'appends') {
      await Promise.all(Array.from({ length: step.count }, () => this.#append(log, [step.bytes], undefined)));
    } else if (step.do === 'wait') await this.#disk.clock.sleep(step.ms);
    else if (step.do === 'reopen') await this.close();
    else if (step.do === 'kill') await this.#kill();
    else if (step.do === 'clean') await this.#clean(log);
    else if (step.do === 'stranger') await this.#putStranger(step.name);
    else if (step.do === 'truncateAfter' || step.do === 'deleteRecordsBefore') await this.#cut(log, step);
    else await this.#durably(() => (step.do === 'sync' ? log.sync() : log.roll()));
  }

  public async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    if (opened === undefined) return;
    const closed = await this.#durably(() => opened.log.close());
    await unlessRefused(() => opened.session.close({ clean: closed }));
    await unlessRefused(() => this.#disk.root.close());
  }

  async #kill(): Promise<void> {
    this.#opened = undefined;
    await unlessRefused(() => this.#disk.root.close());
  }

  async #putStranger(name: string): Promise<void> {
    const directory = await this.#disk.root.directory('log', { create: false });
    await unlessRefused(async () => (await directory.create(name)).close());
    await unlessRefused(() => directory.sync());
  }

  /** Undefined as long as a fault keeps the log from being opened. */
  async #log(): Promise<Log | undefined> {
    if (this.#opened !== undefined) return this.#opened.log;
    const opened = await unlessRefused(() => openLogOn(this.#disk, this.#setup));
    if (opened === undefined) {
      await unlessRefused(() => this.#disk.root.close());
      return undefined;
    }
    this.#opened = opened;
    const shown = new Set(opened.content.records.map(({ value }) => textOf(value)));
    for (const [append, { values, kind }] of this.#unsettled) {
      const count = values.filter((value) => shown.has(value)).length;
      if (kind === 'written' && count < values.length && !this.#truncated) {
        throw new Error(`append ${append} was written, and is gone although the power stayed on`);
      }
      this.#note(count === 0 ? { kind: 'refused', append } : { kind: 'found', append, count });
    }
    this.#unsettled.clear();
    return opened.log;
  }

  async #append(
    log: Log,
    sizes: readonly number[],
    acknowledge: 'written' | 'synced' | undefined,
  ): Promise<void> {
    const append = this.#next;
    this.#next += 1;
    const values = sizes.map((size, i) => `${append}.${i};`.padEnd(size, 'abcdefg'));
    this.#note({ kind: 'asked', append, values });
    let result: AppendResult;
    const producer = stampOf(this.#setup, this.#sequence);
    this.#sequence += values.length;
    try {
      const records = values.map((value) => ({ value: Buffer.from(value) }));
      result = await log.append(records, { acknowledge, producer });
    } catch (error) {
      if (!SeglogError.is(error)) throw error;
      const unknown = error.code === 'APPEND_UNKNOWN';
      if (unknown) this.#unsettled.set(append, { values, kind: 'unknown' });
      this.#note({ kind: unknown ? 'unknown' : 'refused', append });
      return;
    }
    if (result.durability === 'synced') this.#note({ kind: 'durable', append });
    else {
      this.#unsettled.set(append, { values, kind: 'written' });
      this.#note({ kind: 'written', append });
    }
  }

  async #cut(
    log: Log,
    step: Extract<LogStep, { do: 'truncateAfter' | 'deleteRecordsBefore' }>,
  ): Promise<void> {
    if (step.do === 'truncateAfter') {
      const { lastKept } = step;
      this.#note({ kind: 'truncating', lastKept });
      this.#truncated = true;
      if (await succeeds(() => log.truncateAfter(lastKept))) {
        this.#note({ kind: 'truncated', lastKept });
        this.#settleAll();
      }
      return;
    }
    const { firstKept } = step;
    this.#note({ kind: 'deleting', firstKept });
    if (await succeeds(() => log.deleteRecordsBefore(firstKept))) this.#note({ kind: 'deleted', firstKept });
  }

  async #clean(log: Log): Promise<void> {
    const sealed = log.maintenance.segments().filter((segment) => segment.sealed);
    const upTo = sealed.at(-1)?.nextOffset ?? 0;
    this.#note({ kind: 'cleaning', upTo });
    const cleaned = await succeeds(() => log.maintenance.rewrite(sealed, ({ offset }) => offset % 2 === 0));
    if (cleaned) this.#note({ kind: 'cleaned', upTo });
  }

  /** A call after which everything that was written before is durable. */
  async #durably(effect: () => Promise<unknown>): Promise<boolean> {
    const succeeded = await succeeds(effect);
    if (succeeded) this.#settleAll();
    return succeeded;
  }

  #settleAll(): void {
    for (const [append, { kind }] of this.#unsettled) {
      if (kind !== 'written') continue;
      this.#unsettled.delete(append);
      this.#note({ kind: 'durable', append });
    }
  }

  #note(fact: LogFact): void {
    this.#oracle.note(fact);
  }
}

export function stampOf({ producer: id }: LogSetup, sequence: number): ProducerStamp | undefined {
  return id === undefined ? undefined : { id, epoch: 1, sequence };
}
