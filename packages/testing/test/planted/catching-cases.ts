import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import {
  batchFrameCodec,
  crc32c,
  crcFrameCodec,
  fileIndex,
  groupCommit,
  MemoryDirectory,
  memoryIndex,
  syncAlways,
  syncEvery,
  syncNever,
} from '@seglog/core';
import { plain } from '@seglog/tools';
import * as fc from 'fast-check';
import {
  type CrashOptions,
  checkInvariants,
  damageStore,
  directoryOf,
  enumerateCrashes,
  enumerateFaults,
  frameCodecConformance,
  indexStoreConformance,
  LogWorkbench,
  partitionLogConformance,
  readImage,
  type SuiteRunner,
  storeFaults,
  syncPolicyConformance,
} from '../../src/index.js';
import { golden, meetStore, RECOVERED, recovered } from '../golden/golden-store.js';
import { failuresOf } from '../planted-runner.js';
import { type JudgeMode, judgeStore } from '../stores/judge-store.js';
import { smallStores } from '../stores/small-stores.js';
import { StoreRun, type StoreStep, storeSteps } from '../stores/store-run.js';
import { journalStudy } from '../studies/journal-study.js';
import type { LogSetup, LogStep } from '../studies/log-run.js';
import { type LogStudy, logStudy } from '../studies/log-study.js';
import { durableStudy } from './durable-study.js';
import { frameEpochs } from './frame-epochs.js';
import { bodiesEndWithTheirFrames, peekStatesOnlyWhatWasWritten } from './frame-facts.js';
import { fullDiskKeepsNobodyWaiting, refusedAppendsLeaveNoTrace } from './full-disk.js';
import { plantedDisk } from './planted-disk.js';
import { plantedMemory, SEAM_BUGS, type SeamBug } from './seam-bugs.js';
import { sessionStudy } from './session-study.js';

/** An engine with one bug: a bug at a seam, one in its sources (which were replaced before this module was loaded), or none. */
export interface PlantedJob {
  readonly name: string;
  readonly seam?: string;
  /** Names of cases, to be tried in this order; default: all. */
  readonly cases?: readonly string[];
}

/** What noticed the bug and how, if anything did. */
export interface CatchReport {
  readonly caughtBy?: string;
  readonly message?: string;
}

/** Runs one case after the other until one of them fails. `stray` is an error that nobody caught, if there was one. */
export async function catchBug(job: PlantedJob, stray: () => unknown): Promise<CatchReport> {
  const bug = job.seam === undefined ? {} : SEAM_BUGS[job.seam];
  assert.ok(bug !== undefined, `there is no seam bug named ${job.seam}`);
  for (const name of job.cases ?? Object.keys(CASES)) {
    const run = CASES[name];
    assert.ok(run !== undefined, `there is no case named ${name}`);
    try {
      await run(bug);
      const error = stray();
      if (error !== undefined) return { caughtBy: name, message: `nobody caught: ${messageOf(error)}` };
    } catch (error) {
      return { caughtBy: name, message: messageOf(error) };
    }
  }
  return {};
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : inspect(error));

type Case = (bug: SeamBug) => Promise<void>;

const RUNS = { seed: 11 } as const;
const MODES: readonly JudgeMode[] = ['default', 'readonly', 'salvage', 'reader'];

const setupOf = (bug: SeamBug): LogSetup => (bug.parts === undefined ? {} : { parts: bug.parts });

async function survivesCrashes(study: LogStudy, bug: SeamBug, options: CrashOptions = {}): Promise<void> {
  const planted = plantedDisk(logStudy({ ...study, parts: { ...study.parts, ...bug.parts } }), bug);
  const { violations } = await enumerateCrashes(planted, { maxViolations: 1, ...options });
  assert.deepEqual(
    violations.map(({ message }) => message),
    [],
  );
}

async function survivesFaults(study: LogStudy, bug: SeamBug): Promise<void> {
  const planted = plantedDisk(logStudy({ ...study, parts: { ...study.parts, ...bug.parts } }), bug);
  const { violations } = await enumerateFaults(planted, { maxViolations: 1 });
  assert.deepEqual(
    violations.map(({ fault, message }) => `${fault}: ${message}`),
    [],
  );
}

async function passes(exam: (runner: SuiteRunner) => void): Promise<void> {
  assert.deepEqual(await failuresOf(exam), []);
}

const APPEND: LogStudy = {
  name: 'append',
  steps: [
    { do: 'append', sizes: [20] },
    { do: 'append', sizes: [5, 700] },
    { do: 'wait', ms: 200 },
    { do: 'append', sizes: [0] },
  ],
};
const ROLL: LogStudy = {
  name: 'roll',
  steps: [{ do: 'append', sizes: [20] }, { do: 'roll' }, { do: 'append', sizes: [20, 20] }, { do: 'roll' }],
};
const TRUNCATE: LogStudy = {
  name: 'truncate',
  steps: [
    { do: 'append', sizes: [20, 20, 20] },
    { do: 'append', sizes: [20] },
    { do: 'truncateAfter', lastKept: 1 },
    { do: 'append', sizes: [40] },
    { do: 'truncateAfter', lastKept: 0 },
    { do: 'append', sizes: [10] },
  ],
};
const DELETE: LogStudy = {
  name: 'delete',
  steps: [
    { do: 'append', sizes: [20, 20] },
    { do: 'roll' },
    { do: 'append', sizes: [20] },
    { do: 'deleteRecordsBefore', firstKept: 1 },
    { do: 'deleteRecordsBefore', firstKept: 3 },
    { do: 'wait', ms: 120_000 },
    { do: 'append', sizes: [20] },
  ],
};
const CLEAN: LogStudy = {
  name: 'clean',
  steps: [
    { do: 'append', sizes: [20, 20, 20] },
    { do: 'roll' },
    { do: 'append', sizes: [20] },
    { do: 'clean' },
    { do: 'append', sizes: [20] },
    { do: 'wait', ms: 120_000 },
  ],
};
const GROUPS: LogStudy = {
  name: 'groups',
  parts: { syncPolicy: syncEvery({ appends: 2 }) },
  steps: [
    { do: 'appends', count: 3, bytes: 30 },
    { do: 'sync' },
    { do: 'append', sizes: [30] },
    { do: 'append', sizes: [30], acknowledge: 'synced' },
    { do: 'append', sizes: [30] },
    { do: 'wait', ms: 150 },
  ],
};
/** Segments that fill up where nobody waits for syncs. */
const BESIDE: LogStudy = {
  name: 'beside',
  parts: { syncPolicy: syncNever() },
  settings: { maxSegmentBytes: 4096, maxUnsealedSegments: 4 },
  steps: [
    { do: 'append', sizes: [2000] },
    { do: 'append', sizes: [2000] },
    { do: 'append', sizes: [20], acknowledge: 'synced' },
    { do: 'append', sizes: [2000] },
    { do: 'append', sizes: [2000] },
  ],
};
const BESIDE_THREE: readonly LogStep[] = [1, 2, 3].map(() => ({ do: 'append', sizes: [2000] }));
const FAR_BESIDE: LogStudy = {
  ...BESIDE,
  name: 'far beside',
  steps: [
    ...BESIDE_THREE,
    { do: 'append', sizes: [20], acknowledge: 'synced' },
    ...BESIDE_THREE,
    { do: 'truncateAfter', lastKept: 4 },
    { do: 'append', sizes: [20], acknowledge: 'synced' },
  ],
};
const KILLED_BESIDE: LogStudy = {
  ...BESIDE,
  name: 'killed beside',
  steps: [
    { do: 'append', sizes: [2000] },
    { do: 'append', sizes: [2000] },
    { do: 'kill' },
    { do: 'append', sizes: [2000] },
    { do: 'truncateAfter', lastKept: 1 },
    { do: 'append', sizes: [2000] },
  ],
};
const KILLED_FAR_BESIDE: LogStudy = {
  ...BESIDE,
  name: 'killed far beside',
  steps: [...BESIDE_THREE, { do: 'kill' }, { do: 'append', sizes: [20] }],
};
/** Groups that are being written while a sync is in flight. */
const OVERLAPPING: LogStudy = {
  name: 'overlapping syncs',
  settings: { frameTargetBytes: 1 },
  steps: [{ do: 'appends', count: 12, bytes: 5000 }],
};

const NEVER: LogStudy = {
  name: 'never',
  parts: { syncPolicy: syncNever() },
  steps: [{ do: 'append', sizes: [20, 20] }, { do: 'sync' }, { do: 'append', sizes: [20] }],
};

/** Rows of steps that chance seldom makes. */
const FIXED_STEPS: readonly (readonly StoreStep[])[] = [
  [
    { do: 'append', sizes: [1, 5, 9, 13, 17] },
    { do: 'roll' },
    { do: 'append', sizes: [21, 25, 29] },
    { do: 'roll' },
    { do: 'rewrite', share: 0 },
    { do: 'append', sizes: [33] },
    { do: 'reopen' },
  ],
];

/** From cheap to dear. */
const CASES: Readonly<Record<string, Case>> = {
  'random stores': async (bug) => {
    for (const codec of ['batch', 'plain'] as const) {
      if (codec === 'plain' && bug.parts?.codec !== undefined) continue;
      for (const steps of [...FIXED_STEPS, ...fc.sample(storeSteps(), { ...RUNS, numRuns: 25 })]) {
        const run = new StoreRun({ codec, ...bug });
        for (const step of steps) await run.perform(step);
        const image = await readImage(run.root);
        await run.requireContent();
        await run.close();
        for (const store of [run.root, await directoryOf(image)]) {
          const { findings } = await checkInvariants(store);
          assert.deepEqual(findings, []);
        }
      }
    }
  },
  'damaged stores': async (bug) => {
    for (const store of await smallStores(bug)) {
      for (const mode of MODES) {
        const { wrong, met } = await judgeStore(await directoryOf(store.image), store.known, mode, {
          ...store,
          ...bug,
        });
        assert.deepEqual({ wrong, met }, { wrong: undefined, met: 'whole' });
      }
      if (store.name === 'killed') continue;
      const faults = fc.sample(storeFaults(store.image), { ...RUNS, numRuns: 120 });
      for (const fault of faults) {
        if (/MANIFEST|CURRENT|MARK/.test(JSON.stringify(fault)) && fault.fault.kind !== 'flip-bit') continue;
        for (const mode of MODES) {
          const root = await directoryOf(store.image);
          await damageStore(root, fault);
          const { wrong } = await judgeStore(root, store.known, mode, { ...store, ...bug });
          assert.equal(wrong, undefined, `${JSON.stringify(fault)} ${mode}`);
        }
      }
    }
  },
  'golden stores': async (bug) => {
    for (const name of golden.names()) {
      if (bug.parts !== undefined && /plain/.test(name)) continue;
      const { image, expected } = golden.read(name);
      assert.deepEqual(plain(await meetStore(image, bug)), expected, name);
      if (RECOVERED.test(name)) {
        const { findings, leftovers } = await checkInvariants(await recovered(image, bug));
        assert.deepEqual({ findings, leftovers }, { findings: [], leftovers: [] }, name);
      }
    }
  },
  epochs: async (bug) => {
    const run = new StoreRun(bug);
    const written: number[] = [];
    const note = async (): Promise<void> => {
      written.push(Math.max(...frameEpochs(await readImage(run.root)).values()));
    };
    const steps = [
      { do: 'append', sizes: [10, 10] },
      { do: 'reopen' },
      { do: 'append', sizes: [10] },
      { do: 'truncate', share: 0.5 },
      { do: 'append', sizes: [10] },
      { do: 'kill' },
      { do: 'append', sizes: [10] },
    ] as const;
    for (const step of steps) {
      await run.perform(step);
      if (step.do === 'append') await note();
    }
    const raised = written.every((epoch, i) => i === 0 || epoch > (written[i - 1] ?? 0));
    assert.ok(raised, `epochs of writers and truncations: ${written.join()}`);
    await run.close();
  },
  'exam of logs': (bug) =>
    passes((runner) =>
      partitionLogConformance(
        runner,
        'planted',
        async (wishes) => {
          const settings = {
            maxSegmentBytes: 8192,
            indexIntervalBytes: 512,
            deleteDelayMs: 0,
            watermarkDelayMs: 1,
          };
          const root = plantedMemory(bug);
          const bench = await LogWorkbench.open(root, {
            ...setupOf(bug),
            settings: { ...settings, ...wishes },
          });
          return { log: bench.log, dispose: () => bench.dispose() };
        },
        { supports: { acknowledge: 'synced', producer: true, atomicBatch: true } },
      ),
    ),
  'exam of codecs': async (bug) => {
    const { codec, checksum } = bug.parts ?? {};
    const context = codec ?? batchFrameCodec();
    if (checksum === undefined)
      await passes((runner) => frameCodecConformance(runner, 'planted', context, { fuzzInputs: 2000 }));
    if (codec === undefined)
      await passes((runner) =>
        frameCodecConformance(runner, 'planted', crcFrameCodec(), { fuzzInputs: 2000 }),
      );
  },
  'facts of frames': async (bug) => {
    for (const codec of [bug.parts?.codec ?? batchFrameCodec(), crcFrameCodec()])
      peekStatesOnlyWhatWasWritten(codec);
    bodiesEndWithTheirFrames();
  },
  'full disk': (bug) => refusedAppendsLeaveNoTrace(setupOf(bug)),
  'full disk beside': (bug) => fullDiskKeepsNobodyWaiting(setupOf(bug)),
  session: async (bug) => {
    const { violations } = await enumerateCrashes(plantedDisk(sessionStudy, bug), { maxViolations: 1 });
    assert.deepEqual(
      violations.map(({ message }) => message),
      [],
    );
  },
  'exam of indexes': (bug) =>
    passes((runner) =>
      indexStoreConformance(
        runner,
        'planted',
        () => {
          const directory = new MemoryDirectory();
          const factory = bug.parts?.index ?? fileIndex({ checksum: crc32c() });
          return { directory, factory, dispose: () => directory.close() };
        },
        { keeps: true, files: true },
      ),
    ),
  'exam of policies': async (bug) => {
    const policies = [
      syncAlways(),
      groupCommit({ maxDelayMs: 5 }),
      syncEvery({ appends: 3 }),
      syncEvery({ ms: 20 }),
    ];
    for (const policy of bug.parts?.syncPolicy === undefined ? policies : [bug.parts.syncPolicy])
      await passes((runner) => syncPolicyConformance(runner, 'planted', policy));
  },
  'crash: append': (bug) => survivesCrashes(APPEND, bug),
  'crash: slow calls': async (bug) => {
    for (const seed of [1, 2])
      await survivesCrashes(APPEND, bug, { profile: 'prefix', completions: 'seeded', seed });
  },
  'crash: roll': (bug) => survivesCrashes(ROLL, bug),
  'crash: beside': async (bug) => {
    await survivesCrashes(BESIDE, bug);
    for (const seed of [1, 2, 3]) await survivesCrashes(BESIDE, bug, { completions: 'seeded', seed });
  },
  'crash: far beside': async (bug) => {
    for (const seed of [1, 2, 3]) await survivesCrashes(FAR_BESIDE, bug, { completions: 'seeded', seed });
  },
  'crash: killed beside': async (bug) => {
    await survivesCrashes(KILLED_BESIDE, bug);
    for (const seed of [1, 2, 3]) await survivesCrashes(KILLED_BESIDE, bug, { completions: 'seeded', seed });
  },
  'crash: killed far beside': (bug) => survivesCrashes(KILLED_FAR_BESIDE, bug),
  // The files of an index bring syncs of the directory with them.
  'crash: killed far beside, no files of indexes': (bug) =>
    survivesCrashes({ ...KILLED_FAR_BESIDE, parts: { ...BESIDE.parts, index: memoryIndex() } }, bug),
  'crash: truncate': (bug) => survivesCrashes(TRUNCATE, bug),
  'crash: safe records': async (bug) => {
    for (const seed of [1, 2, 3]) {
      const options = { profile: 'none', completions: 'seeded', seed, maxViolations: 1 } as const;
      const { violations } = await enumerateCrashes(plantedDisk(durableStudy(setupOf(bug)), bug), options);
      assert.deepEqual(
        violations.map(({ message }) => message),
        [],
      );
    }
  },
  'crash: delete': (bug) => survivesCrashes(DELETE, bug),
  'crash: never': (bug) => survivesCrashes(NEVER, bug),
  'crash: clean': (bug) => survivesCrashes(CLEAN, bug),
  'crash: groups': (bug) => survivesCrashes(GROUPS, bug),
  'crash: overlapping syncs': async (bug) => {
    for (const profile of ['prefix', 'drop-one'] as const) {
      for (const seed of [1, 2, 3])
        await survivesCrashes(OVERLAPPING, bug, { profile, completions: 'seeded', seed });
    }
  },
  'crash after a failed sync': async (bug) => {
    const study = {
      ...APPEND,
      steps: [...APPEND.steps.slice(0, 2), { do: 'reopen' }, { do: 'append', sizes: [9] }],
    } as const;
    for (let skip = 0; skip < 14; skip += 1) {
      const faults = [{ call: 'sync', skip, effect: { kind: 'error', errno: 'EIO' } }] as const;
      await survivesCrashes(study, bug, { faults, depth: 2, profile: 'prefix', nestedProfile: 'none' });
    }
  },
  'journal after a failed sync': async (bug) => {
    const study = journalStudy('journal', ['append', 'append', 'rewrite', 'append', 'reopen', 'append']);
    for (let skip = 0; skip < 14; skip += 1) {
      const faults = [{ call: 'sync', skip, effect: { kind: 'error', errno: 'EIO' } }] as const;
      const options = {
        faults,
        depth: 2,
        profile: 'prefix',
        nestedProfile: 'none',
        maxViolations: 1,
      } as const;
      const { violations } = await enumerateCrashes(plantedDisk(study, bug), options);
      assert.deepEqual(
        violations.map(({ message }) => message),
        [],
      );
    }
  },
  'faults: append, roll': (bug) =>
    survivesFaults(
      { ...ROLL, steps: [...ROLL.steps.slice(0, 3), { do: 'reopen' }, { do: 'append', sizes: [20] }] },
      bug,
    ),
  'crash: journal': async (bug) => {
    const study = journalStudy('journal', [
      'append',
      'append unsynced',
      'append',
      'rewrite',
      'append',
      'reopen',
      'append',
    ]);
    const { violations } = await enumerateCrashes(plantedDisk(study, bug), { maxViolations: 1 });
    assert.deepEqual(
      violations.map(({ message }) => message),
      [],
    );
  },
  'faults: journal': async (bug) => {
    const study = journalStudy('journal', [
      'append',
      'append unsynced',
      'append',
      'rewrite',
      'reopen',
      'append',
    ]);
    const { violations } = await enumerateFaults(plantedDisk(study, bug), { maxViolations: 1 });
    assert.deepEqual(
      violations.map(({ message }) => message),
      [],
    );
  },
  'crash of recovery: append': (bug) =>
    survivesCrashes({ ...APPEND, steps: APPEND.steps.slice(0, 2) }, bug, { depth: 2 }),
};

export const CASE_NAMES: readonly string[] = Object.keys(CASES);
