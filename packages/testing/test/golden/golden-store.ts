import { fileURLToPath } from 'node:url';
import { type MemoryDirectory, type RecoveryReport, SeglogError, syncNever } from '@seglog/core';
import { GoldenCorpus } from '@seglog/tools';
import { checkInvariants, directoryOf, readImage, type StoreImage, VirtualClock } from '../../src/index.js';
import { awake, openStore, recordText, type StoreSetup } from '../stores/store-run.js';

/** Names of stores that an opening brings in order, but for indexes, which are made when they are needed. */
export const RECOVERED = /^(?:healthy|tail|mark|temporaries|rewrite|manifest-torn)/;

export const GOLDEN_MODES = ['default', 'readonly', 'salvage', 'reader'] as const;

/** How an engine meets a store when it is opened in one way. */
export interface GoldenMeeting {
  /** Instead of all else: the log did not open. */
  readonly error?: GoldenError;
  readonly report?: Omit<RecoveryReport, 'durationMs'>;
  readonly records?: readonly string[];
  readonly gaps?: readonly string[];
  /** The log opened, and could not be read to its end. */
  readonly readError?: GoldenError;
}

export interface GoldenError {
  readonly code: string;
  readonly file: string | undefined;
  readonly position: number | undefined;
}

export interface GoldenExpectation {
  readonly meetings: Readonly<Record<string, GoldenMeeting>>;
  /** What `checkInvariants` says. */
  readonly findings: readonly string[];
  readonly leftovers: readonly string[];
}

/** Where the stores of format version 1 stand, one folder each, as an engine would find them. */
export const golden: GoldenCorpus<GoldenExpectation> = new GoldenCorpus(
  fileURLToPath(new URL('../../golden/v1', import.meta.url)),
);

/** What this engine makes of a store, in every way of opening it. The image stays as it is. */
export async function meetStore(image: StoreImage, setup: StoreSetup = {}): Promise<GoldenExpectation> {
  const meetings: Record<string, GoldenMeeting> = {};
  for (const mode of GOLDEN_MODES) meetings[mode] = await meet(await directoryOf(image), mode, setup);
  const { findings, leftovers } = await checkInvariants(await directoryOf(image));
  return {
    meetings,
    findings: findings.map(({ invariant, file, position }) => `${invariant} ${file} ${position ?? '-'}`),
    leftovers: leftovers.map(({ file }) => file),
  };
}

async function meet(
  root: MemoryDirectory,
  mode: (typeof GOLDEN_MODES)[number],
  setup: StoreSetup,
): Promise<GoldenMeeting> {
  const onCorruption = mode === 'readonly' || mode === 'salvage' ? mode : 'fail';
  const clock = new VirtualClock(1e9);
  const settings = { ...setup.settings, onCorruption } as const;
  const parts = { syncPolicy: syncNever(), ...setup.parts };
  try {
    return await awake(async () => {
      const opened = await openStore(root, clock, {
        ...setup,
        parts,
        settings,
        seed: 99,
        readOnly: mode === 'reader',
      });
      const { durationMs: _, ...report } = opened.report;
      const { logStart } = report.offsets;
      try {
        const bounds = { maxRecords: 10_000, maxBytes: 2 ** 30, isolation: 'uncommitted' } as const;
        const { records, gaps } = await opened.log.read(logStart, bounds);
        const gapTexts = gaps.map(({ from, to, reason }) => `${from}-${to} ${reason}`);
        return { report, records: records.map(recordText), gaps: gapTexts };
      } catch (error) {
        return { report, readError: errorOf(error) };
      } finally {
        await opened.close().catch(() => undefined);
      }
    });
  } catch (error) {
    return { error: errorOf(error) };
  } finally {
    clock.stop();
  }
}

/** The store after it was opened and before it was closed: what recovery has made of it. */
export async function recovered(image: StoreImage, setup: StoreSetup = {}): Promise<MemoryDirectory> {
  const root = await directoryOf(image);
  const clock = new VirtualClock(1e9);
  try {
    return await awake(async () => {
      const opened = await openStore(root, clock, { ...setup, seed: 99 });
      const left = await directoryOf(await readImage(root));
      await opened.close();
      return left;
    });
  } finally {
    clock.stop();
  }
}

function errorOf(error: unknown): GoldenError {
  if (!SeglogError.is(error)) throw error;
  const { file, position } = error.facts;
  return {
    code: error.code,
    file: typeof file === 'string' ? file : undefined,
    position: typeof position === 'number' ? position : undefined,
  };
}
