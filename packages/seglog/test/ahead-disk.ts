import { DROPPED, SimulatedDisk, survivorOf } from '@seglog/testing';
import {
  CLOCK,
  type ContainerModule,
  diskModule,
  type Engine,
  type EngineSettings,
  openEngine,
  partModule,
  RANDOM,
  type StorageDirectory,
  type WriteAheadSettings,
  walModule,
} from '../src/index.js';

export interface AheadOptions {
  readonly wal?: Partial<WriteAheadSettings>;
  readonly settings?: EngineSettings;
  readonly modules?: readonly ContainerModule[];
}

/** An engine that writes ahead, on a disk whose power can be cut. */
export function openAhead(disk: SimulatedDisk, options: AheadOptions = {}): Promise<Engine> {
  const { wal, settings, modules = [] } = options;
  return openEngine({
    modules: [
      diskModule(() => disk.root),
      partModule(CLOCK, disk.clock),
      partModule(RANDOM, disk.random),
      walModule({ maxSegmentBytes: 16 * 1024, preallocateBytes: 0, ...wal }),
      ...modules,
    ],
    settings: { maxSegmentBytes: 16 * 1024, preallocateBytes: 0, ...settings },
  });
}

/** The same with a directory of one's own, which outlives the engine. */
export function openAheadOn(root: StorageDirectory, options: AheadOptions = {}): Promise<Engine> {
  const { wal, settings, modules = [] } = options;
  return openEngine({
    modules: [diskModule(() => root.directory('data', { create: true })), walModule(wal), ...modules],
    settings: settings ?? {},
  });
}

/** The disk as a power cut leaves it that takes everything that was not synced. */
export function afterPowerCut(disk: SimulatedDisk): SimulatedDisk {
  const snapshot = disk.snapshot();
  return survivorOf(
    snapshot,
    snapshot.pending.map(() => DROPPED),
    // Another seed: ids that were drawn before must not be drawn again.
    { seed: disk.seed + 1 },
  ).disk();
}

/** Runs `program` on a disk, cuts its power, and gives the disk that is left. */
export async function leftBy(
  disk: SimulatedDisk | undefined,
  program: (disk: SimulatedDisk) => Promise<unknown>,
): Promise<SimulatedDisk> {
  const used = disk ?? new SimulatedDisk({ seed: 1 });
  await used.run(() => program(used));
  return afterPowerCut(used);
}

/** Values of one partition, in offset order. */
export async function valuesOf(engine: Engine, topic: string, partition: number): Promise<unknown[]> {
  const log = engine.topic(topic);
  const [{ logStart } = { logStart: 0 }] = [(await log.offsets())[partition]];
  const { records } = await log.read(partition, logStart, { maxRecords: 10_000 });
  return records.map(({ value }) => value);
}
