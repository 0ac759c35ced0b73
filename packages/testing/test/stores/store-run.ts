import assert from 'node:assert/strict';
import {
  BufferPool,
  batchFrameCodec,
  crc32c,
  crcFrameCodec,
  defaultComponents,
  Log,
  type LogComponents,
  type LogSettings,
  MemoryDirectory,
  type RecoveryReport,
  type StorageDirectory,
  type StoredRecord,
  WriterSession,
} from '@seglog/core';
import * as fc from 'fast-check';
import { directoryOf, readImage, SeededRandom, VirtualClock } from '../../src/index.js';

/** One thing that is done to a log on the way to a store at rest. */
export type StoreStep =
  | { readonly do: 'append'; readonly sizes: readonly number[]; readonly producer?: number }
  | { readonly do: 'roll' | 'reopen' | 'kill' | 'wait' }
  | { readonly do: 'truncate' | 'delete' | 'rewrite'; readonly share: number };

export interface StoreSetup {
  readonly codec?: 'batch' | 'plain';
  readonly settings?: Partial<LogSettings>;
  readonly parts?: Partial<LogComponents>;
  readonly seed?: number;
  /** Takes no lock and writes nothing. */
  readonly readOnly?: boolean;
  /** What appends wait for; default: a sync. */
  readonly acknowledge?: 'written' | 'synced';
  /** What stands between the log and its medium. */
  readonly directory?: (sound: StorageDirectory) => StorageDirectory;
}

/** A log and what it must hold. */
export interface OpenStore {
  readonly log: Log;
  readonly report: RecoveryReport;
  /** Cleanly. */
  close(): Promise<void>;
}

const BUFFERS = new BufferPool({ bufferBytes: 16 * 1024, maxIdle: 8 });
const SMALL: Partial<LogSettings> = {
  maxSegmentBytes: 8 * 1024,
  indexIntervalBytes: 256,
  groupBytes: 16 * 1024,
  preallocateBytes: 512,
  deleteDelayMs: 10,
};

/** Opens the log in `log/` of a data root, on virtual time and seeded chance. */
export async function openStore(
  medium: StorageDirectory,
  clock: VirtualClock,
  { codec = 'batch', settings, parts, seed = 1, readOnly = false, directory: plant }: StoreSetup = {},
): Promise<OpenStore> {
  const root = plant?.(medium) ?? medium;
  const random = new SeededRandom(seed);
  const session = readOnly
    ? undefined
    : await WriterSession.open(root, { clock, random, checksum: crc32c() });
  const directory = await root.directory('log', { create: !readOnly });
  await root.sync();
  const [batch, plain] = [batchFrameCodec(), crcFrameCodec()];
  const components: LogComponents = {
    ...defaultComponents(directory, session),
    codec: codec === 'batch' ? batch : plain,
    readingCodecs: [batch, plain].filter(({ id }) => id !== parts?.codec?.id),
    clock,
    random,
    writeBuffers: BUFFERS,
    readBuffers: BUFFERS,
    ...parts,
  };
  const log = new Log(components, { ...SMALL, ...settings });
  try {
    const report = await log.open({ readOnly });
    const close = async (): Promise<void> => {
      await log.close();
      await session?.close({ clean: true });
    };
    return { log, report, close };
  } catch (cause) {
    await session?.close({ clean: false });
    throw cause;
  }
}

/** Carries steps out, and remembers what the log must hold. */
export class StoreRun {
  #root: MemoryDirectory;
  #clock = new VirtualClock();
  readonly #setup: StoreSetup;
  readonly #sequences = new Map<number, number>();
  #records: StoredRecord[] = [];
  /** Every record that was ever acknowledged. */
  public readonly history: StoredRecord[] = [];
  #logStart = 0;
  /** Of every producer: a truncation may have taken records that a sequence goes on from. */
  #epoch = 0;
  #open: OpenStore | undefined;
  #opened = 0;

  public constructor(setup: StoreSetup = {}, root: MemoryDirectory = new MemoryDirectory()) {
    this.#setup = setup;
    this.#root = root;
  }

  public get root(): MemoryDirectory {
    return this.#root;
  }

  /** What the log holds from its start on. */
  public get records(): readonly StoredRecord[] {
    return this.#records.filter(({ offset }) => offset >= this.#logStart);
  }

  /** Fails unless the log holds exactly what it was given. */
  public async requireContent(): Promise<void> {
    const log = await this.log();
    const { logStart } = log.offsets();
    assert.equal(logStart, this.#logStart, 'the log start');
    const { records } = await log.read(logStart, { maxRecords: 1e6, maxBytes: 2 ** 30 });
    assert.deepEqual(records.map(recordText), this.records.map(recordText));
  }

  public async log(): Promise<Log> {
    this.#opened += 1;
    const seed = (this.#setup.seed ?? 1) * 1000 + this.#opened;
    this.#open ??= await openStore(this.#root, this.#clock, { ...this.#setup, seed });
    return this.#open.log;
  }

  public perform(step: StoreStep): Promise<void> {
    return awake(() => this.#perform(step));
  }

  async #perform(step: StoreStep): Promise<void> {
    if (step.do === 'reopen') return this.#close();
    if (step.do === 'kill') return this.kill();
    const log = await this.log();
    if (step.do === 'wait') await this.#clock.sleep(200);
    else if (step.do === 'roll') await log.roll();
    else if (step.do === 'append') await this.#append(log, step);
    else if ('share' in step) await this.#cut(log, step);
  }

  public close(): Promise<void> {
    return awake(() => this.#close());
  }

  async #close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await open?.close();
  }

  /** What a killed process leaves: everything that was written, and no clean close. */
  public async kill(): Promise<void> {
    this.#open = undefined;
    this.#root = await directoryOf(await readImage(this.#root));
    this.#clock.stop();
    this.#clock = new VirtualClock(this.#clock.monotonicMs() + 1);
  }

  async #append(log: Log, { sizes, producer }: Extract<StoreStep, { do: 'append' }>): Promise<void> {
    const { logEnd } = log.offsets();
    const timestamps = sizes.map((size, i) => this.#clock.nowMs() + ((size * 7 + i * 13) % 50) - 25);
    const records = sizes.map((size, i) => ({
      key: size % 3 === 0 ? null : Buffer.from(`k${size % 5}`),
      value: size === 0 ? null : Buffer.from(`${logEnd + i};`.padEnd(size, 'abcdefg')),
      timestampMs: timestamps[i] ?? 0,
      headers: size % 4 === 1 ? [{ name: 'h', value: Buffer.from([size & 0xff]) }] : [],
    }));
    const { acknowledge = 'synced' } = this.#setup;
    const stamps = (this.#setup.codec ?? 'batch') === 'batch' && producer !== undefined;
    const sequence = this.#sequences.get(producer ?? 0) ?? 0;
    const stamp = stamps ? { id: `p${producer}`, epoch: this.#epoch, sequence } : undefined;
    const { baseOffset } = await log.append(records, { acknowledge, producer: stamp });
    if (stamp !== undefined) this.#sequences.set(producer ?? 0, sequence + records.length);
    records.forEach((record, i) => {
      this.#records.push({ ...record, offset: baseOffset + i });
      this.history.push({ ...record, offset: baseOffset + i });
    });
  }

  async #cut(log: Log, step: Extract<StoreStep, { readonly share: number }>): Promise<void> {
    const { logStart, logEnd } = log.offsets();
    const at = logStart + Math.floor((logEnd - logStart) * step.share);
    if (step.do === 'delete') {
      await log.deleteRecordsBefore(at);
      this.#logStart = at;
    } else if (step.do === 'truncate') {
      await log.truncateAfter(Math.max(at, logStart) - 1);
      this.#records = this.#records.filter(({ offset }) => offset < at);
      this.#sequences.clear();
      this.#epoch += 1;
    } else await this.#rewrite(log);
  }

  async #rewrite(log: Log): Promise<void> {
    const sealed = log.maintenance.segments().filter((facts) => facts.sealed);
    if (sealed.length === 0) return;
    const first = sealed[0]?.baseOffset ?? 0;
    const end = sealed.at(-1)?.nextOffset ?? 0;
    await log.maintenance.rewrite(sealed, ({ offset }) => keep(offset));
    this.#records = this.#records.filter(({ offset }) => offset < first || offset >= end || keep(offset));
  }
}

const textOf = (bytes: Uint8Array | null): string =>
  bytes === null ? 'null' : Buffer.from(bytes).toString('latin1');

/** A record in one line. */
export function recordText({ offset, timestampMs, key, value, headers }: StoredRecord): string {
  const named = headers.map((header) => `${header.name}=${textOf(header.value)}`).join();
  return `${offset} ${timestampMs} ${textOf(key)} ${textOf(value)} ${named}`;
}

/** What a rewrite leaves. */
const keep = (offset: number): boolean => offset % 3 !== 1;

/** Virtual time moves with the turns of the event loop, and does not keep it turning by itself. */
export async function awake<T>(program: () => Promise<T>): Promise<T> {
  let turning = true;
  const turn = (): void => {
    if (turning) setImmediate(turn);
  };
  turn();
  try {
    return await program();
  } finally {
    turning = false;
  }
}

/** Rows of steps that end in a store of a few segments. */
export function storeSteps(maxLength = 16): fc.Arbitrary<readonly StoreStep[]> {
  const size = fc.oneof(fc.nat(60), fc.constantFrom(0, 300, 1000));
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const step: fc.Arbitrary<StoreStep> = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record(
        {
          do: fc.constant('append' as const),
          sizes: fc.array(size, { minLength: 1, maxLength: 6 }),
          producer: fc.nat(2),
        },
        { requiredKeys: ['do', 'sizes'], noNullPrototype: true },
      ),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('roll', 'reopen', 'wait', 'kill') }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('truncate', 'delete', 'rewrite'), share }) },
  );
  return fc.array(step, { minLength: 1, maxLength, size: 'max' });
}
