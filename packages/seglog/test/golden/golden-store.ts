import { fileURLToPath } from 'node:url';
import { checkStore, knownFormats, type RecoveryReport, type StorageDirectory } from '@seglog/core';
import { directoryOf, SimulatedDisk, type StoreImage } from '@seglog/testing';
import { GoldenCorpus } from '@seglog/tools';
import {
  CLOCK,
  type ContainerModule,
  diskModule,
  type Engine,
  openEngine,
  partModule,
  RANDOM,
  SeglogError,
  walModule,
} from '../../src/index.js';

export const GOLDEN_MODES = ['default', 'salvage', 'reader'] as const;
type Mode = (typeof GOLDEN_MODES)[number];

/** How an engine meets a data root when it is opened in one way. */
export interface GoldenMeeting {
  /** Instead of all else: the engine did not open. */
  readonly error?: string;
  /** What the write-ahead log held. */
  readonly replay?: unknown;
  /** By the names of partitions. */
  readonly partitions?: Readonly<Record<string, GoldenPartition>>;
}

export interface GoldenPartition {
  readonly error?: string;
  readonly report?: unknown;
  /** Offset, timestamp, key and value of each record. */
  readonly records?: readonly string[];
  readonly gaps?: readonly string[];
}

export interface GoldenExpectation {
  readonly meetings: Readonly<Record<string, GoldenMeeting>>;
  /** What a deep check says, but for its words and its notes. */
  readonly findings: readonly string[];
}

/** Where the data roots of format version 1 stand, one folder each, as an engine would find them. */
export const golden: GoldenCorpus<GoldenExpectation> = new GoldenCorpus(
  fileURLToPath(new URL('../../golden/v1', import.meta.url)),
);

/** The modules of every golden engine, on a directory and under a seeded clock and chance. */
export function goldenModules(disk: SimulatedDisk, root: StorageDirectory): readonly ContainerModule[] {
  return [diskModule(() => root), partModule(CLOCK, disk.clock), partModule(RANDOM, disk.random)];
}

/** What this engine makes of a data root, in every way of opening it. The image stays as it is. */
export async function meetStore(image: StoreImage): Promise<GoldenExpectation> {
  const meetings: Record<string, GoldenMeeting> = {};
  for (const mode of GOLDEN_MODES) meetings[mode] = await meet(await directoryOf(image), mode);
  const { findings } = await checkStore(await directoryOf(image), knownFormats());
  return {
    meetings,
    findings: findings
      .filter(({ severity }) => severity !== 'note')
      .map(
        ({ severity, invariant, file, position }) =>
          `${severity} ${invariant ?? '-'} ${file} ${position ?? '-'}`,
      ),
  };
}

function meet(root: StorageDirectory, mode: Mode): Promise<GoldenMeeting> {
  const disk = new SimulatedDisk({ seed: 99 });
  return disk.run(async () => {
    const onCorruption = mode === 'salvage' ? 'salvage' : 'fail';
    const hasWal = (await root.list()).some(({ name }) => name === 'wal');
    const wal = hasWal && mode !== 'reader' ? [walModule({ onCorruption, preallocateBytes: 0 })] : [];
    try {
      const engine = await openEngine({
        modules: [...goldenModules(disk, root), ...wal],
        settings: { onCorruption, preallocateBytes: 0 },
        readOnly: mode === 'reader',
      });
      const meeting = { replay: without(engine.replayReport), partitions: await partitionsOf(engine) };
      await engine.close().catch(() => undefined);
      return meeting;
    } catch (error) {
      return { error: textOf(error) };
    }
  });
}

async function partitionsOf(engine: Engine): Promise<Readonly<Record<string, GoldenPartition>>> {
  const found: Record<string, GoldenPartition> = {};
  const reports = await engine.recover();
  for (const { name, partitions } of engine.topics()) {
    for (let partition = 0; partition < partitions; partition += 1) {
      const report = reports.get(`${name}/${partition}`);
      found[`${name}/${partition}`] = await partitionOf(engine, { name, partition, report });
    }
  }
  return found;
}

async function partitionOf(
  engine: Engine,
  about: {
    readonly name: string;
    readonly partition: number;
    readonly report: RecoveryReport | undefined;
  },
): Promise<GoldenPartition> {
  const report = without(about.report);
  try {
    const log = await engine.log(about.name, about.partition);
    const bounds = { maxRecords: 10_000, maxBytes: 2 ** 30, isolation: 'uncommitted' } as const;
    const { records, gaps } = await log.read(log.offsets().logStart, bounds);
    return {
      report,
      records: records.map(
        ({ offset, timestampMs, key, value }) => `${offset} ${timestampMs} ${hexOf(key)} ${hexOf(value)}`,
      ),
      gaps: gaps.map(({ from, to, reason }) => `${from}-${to} ${reason}`),
    };
  } catch (error) {
    return { report, error: textOf(error) };
  }
}

/** How long it took is nobody's business. */
function without(report: { readonly durationMs: number } | undefined): unknown {
  if (report === undefined) return undefined;
  const { durationMs: _, ...rest } = report;
  return rest;
}

const hexOf = (content: Uint8Array | null): string =>
  content === null ? 'null' : `x${Buffer.from(content).toString('hex')}`;

function textOf(error: unknown): string {
  if (!SeglogError.is(error)) throw error;
  const { file = '-', position = '-' } = error.facts;
  const cause = SeglogError.is(error.cause) ? ` because ${textOf(error.cause)}` : '';
  return `${error.code} ${String(file)} ${String(position)}${cause}`;
}
