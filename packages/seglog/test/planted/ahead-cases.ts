import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import {
  crc32c,
  defaultComponents,
  MemoryDirectory,
  SystemClock,
  SystemRandom,
  WriterSession,
} from '@seglog/core';
import {
  type CrashReport,
  enumerateCrashes,
  FaultyDirectory,
  partitionLogConformance,
  type SuiteRunner,
  writeAheadLogConformance,
} from '@seglog/testing';
import { SegmentedWriteAheadLog } from '@seglog/wal';
import { type Engine, memoryModule, openEngine, walModule } from '../../src/index.js';
import { openAheadOn, valuesOf } from '../ahead-disk.js';
import { AheadModel } from '../ahead-model.js';
import { AHEAD_STUDIES } from '../ahead-studies.js';
import { aheadStudy } from '../ahead-study.js';

/** An engine with one bug in its sources, which were replaced before this module was loaded, or none. */
export interface AheadJob {
  /** Names of cases, to be tried in this order; default: all. */
  readonly cases?: readonly string[];
}

/** What noticed the bug and how, if anything did. */
export interface AheadCatch {
  readonly caughtBy?: string;
  readonly message?: string;
}

/** Runs one case after the other until one of them fails. `stray` is an error that nobody caught, if there was one. */
export async function catchBug(job: AheadJob, stray: () => unknown): Promise<AheadCatch> {
  for (const name of job.cases ?? AHEAD_CASES) {
    const run = CASES[name];
    assert.ok(run !== undefined, `there is no case named ${name}`);
    const failure = await run().then(stray, (error: unknown) => error);
    if (failure !== undefined)
      return { caughtBy: name, message: failure instanceof Error ? failure.message : inspect(failure) };
  }
  return {};
}

async function passes(exam: (runner: SuiteRunner) => void): Promise<void> {
  const tests: (() => void | Promise<void>)[] = [];
  exam({ describe: (_name, body) => body(), test: (_name, body) => void tests.push(body) });
  for (const body of tests) await body();
}

async function survivesCrashes(name: string): Promise<void> {
  const study = AHEAD_STUDIES.find((one) => one.name === name);
  assert.ok(study !== undefined, `there is no study named ${name}`);
  for (const profile of ['drop-one', 'prefix'] as const) {
    const options = { profile, maxViolations: 1, fromFact: 2 };
    const report: CrashReport = await enumerateCrashes(aheadStudy(study), options);
    assert.deepEqual(
      report.violations.map(({ message }) => message),
      [],
    );
  }
}

async function passesAsLog(): Promise<void> {
  await passes((runner) =>
    partitionLogConformance(
      runner,
      'planted',
      async (wishes) => {
        const { maxQueuedBytes = 64 * 1024 * 1024 } = wishes;
        const small = {
          maxSegmentBytes: 8192,
          indexIntervalBytes: 512,
          deleteDelayMs: 0,
          watermarkDelayMs: 1,
        };
        const modules = [memoryModule(), walModule({ maxQueuedBytes, tailBytes: 500 })];
        const engine = await openEngine({ modules, settings: { ...small, ...wishes } });
        await engine.createTopic('t', { partitions: 1 });
        const log = await engine.log('t', 0);
        return { log, dispose: () => engine.close().catch(() => undefined) };
      },
      { supports: { acknowledge: 'synced', producer: true, atomicBatch: true } },
    ),
  );
}

async function passesAsWriteAheadLog(): Promise<void> {
  await passes((runner) =>
    writeAheadLogConformance(runner, 'planted', () => {
      const root = new MemoryDirectory();
      const [clock, random] = [new SystemClock(), new SystemRandom()];
      const close: (() => Promise<void>)[] = [];
      const dispose = async (): Promise<void> => {
        for (const one of close.splice(0).toReversed()) await one();
      };
      const open = async (): Promise<SegmentedWriteAheadLog> => {
        await dispose();
        const session = await WriterSession.open(root, { clock, random, checksum: crc32c() });
        close.push(() => session.close({ clean: true }));
        const directory = await root.directory('wal', { create: true });
        const settings = {
          maxSegmentBytes: 8192,
          maxRecordBytes: 4096,
          pieceBytes: 200,
          preallocateBytes: 1024,
        };
        const wal = new SegmentedWriteAheadLog(defaultComponents(directory, session), settings);
        await wal.open();
        close.push(() => wal.close());
        return wal;
      };
      return { open, dispose };
    }),
  );
}

/** An engine over a medium that fails when it is told to, and the names of the files of its two partitions. */
async function failing(
  body: (parts: {
    readonly engine: Engine;
    readonly faulty: FaultyDirectory;
    readonly memory: MemoryDirectory;
    readonly files: readonly RegExp[];
  }) => Promise<void>,
): Promise<void> {
  const memory = new MemoryDirectory();
  const faulty = new FaultyDirectory(memory);
  const engine = await openAheadOn(faulty, { wal: { preallocateBytes: 0 } });
  await engine.createTopic('t', { partitions: 2 });
  const logs = [await engine.log('t', 0), await engine.log('t', 1)];
  const files = logs.map((log) => new RegExp(String(log.maintenance.segments()[0]?.id)));
  await body({ engine, faulty, memory, files });
}

const one = (partition: number, value: unknown): Parameters<Engine['write']>[0][number] => ({
  topic: 't',
  partition,
  records: [{ value }],
});

async function holds(memory: MemoryDirectory, expected: readonly (readonly unknown[])[]): Promise<void> {
  const again = await openAheadOn(memory);
  for (const [partition, values] of expected.entries()) {
    assert.deepEqual(await valuesOf(again, 't', partition), values);
  }
  await again.close();
}

const CASES: Readonly<Record<string, () => Promise<void>>> = {
  'exam of write-ahead logs': passesAsWriteAheadLog,
  'exam of logs': passesAsLog,
  model: async () => {
    for (const seed of [11, 12]) await new AheadModel(seed).run(700);
  },
  'full disk': () =>
    failing(async ({ engine, faulty, memory }) => {
      await engine.write([one(0, 'a')]);
      faulty.faults.inject({ call: 'write', name: /^0{20}-/, code: 'STORAGE_FULL', partialBytes: 20 });
      await assert.rejects(engine.write([one(0, 'b'), one(1, 'b')]));
      await engine.write([one(0, 'c'), one(1, 'c')]);
      await engine.close();
      await holds(memory, [['a', 'c'], ['c']]);
    }),
  'full disk at a checkpoint': () =>
    failing(async ({ engine, faulty, memory, files }) => {
      await engine.write([one(0, 'a'), one(1, 'a')]);
      const [, name = /none/] = files;
      const times = Number.POSITIVE_INFINITY;
      faulty.faults.inject({ call: 'write', name, code: 'STORAGE_FULL', times });
      await engine.checkpoint();
      await engine.write([one(1, 'b')]);
      await assert.rejects(engine.close());
      await holds(memory, [['a'], ['a', 'b']]);
    }),
  'full disk for a while': () =>
    failing(async ({ engine, faulty, memory, files }) => {
      await engine.write([one(0, 'a'), one(1, 'a')]);
      const [, name = /none/] = files;
      faulty.faults.inject({ call: 'write', name, code: 'STORAGE_FULL', partialBytes: 9 });
      await engine.checkpoint();
      await engine.write([one(1, 'b')]);
      await engine.checkpoint();
      await engine.close();
      await holds(memory, [['a'], ['a', 'b']]);
    }),
  'failing sync at a close': () =>
    failing(async ({ engine, faulty, memory, files }) => {
      await engine.write([one(0, 'a'), one(1, 'a')]);
      const [, name = /none/] = files;
      faulty.faults.inject({ call: ['write', 'sync'], name, times: Number.POSITIVE_INFINITY });
      await assert.rejects(engine.close());
      await holds(memory, [['a'], ['a']]);
    }),
  'slow calls': async () => {
    const [study] = AHEAD_STUDIES;
    assert.ok(study !== undefined, 'there are studies');
    for (const seed of [1, 2]) {
      const options = {
        profile: 'prefix',
        completions: 'seeded',
        fromFact: 2,
        seed,
        maxViolations: 1,
      } as const;
      const report: CrashReport = await enumerateCrashes(aheadStudy(study), options);
      assert.deepEqual(
        report.violations.map(({ message }) => message),
        [],
      );
    }
  },
  ...Object.fromEntries(AHEAD_STUDIES.map(({ name }) => [name, () => survivesCrashes(name)])),
};

export const AHEAD_CASES: readonly string[] = Object.keys(CASES);
