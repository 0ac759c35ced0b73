import {
  crc32c,
  defaultComponents,
  Log,
  type LogComponents,
  type LogSettings,
  type RecoveryReport,
  type StorageDirectory,
  SystemClock,
  SystemRandom,
  syncAlways,
  syncNever,
  WriterSession,
} from '@seglog/core';
import { MmapDirectory } from '@seglog/fs-mmap';
import { PreadDirectory } from '@seglog/fs-pread';
import type { Place } from './contender.js';

/** What differs from the defaults. */
export interface OwnChoices {
  /** Default {@link pread}. */
  readonly reader?: ((directory: string) => StorageDirectory) | undefined;
  readonly parts?: Partial<LogComponents> | undefined;
  readonly settings?: Partial<LogSettings> | undefined;
}

export interface OwnLog {
  readonly log: Log;
  readonly recovery: RecoveryReport;
  readonly close: () => Promise<void>;
}

export const pread = (directory: string): StorageDirectory => new PreadDirectory(directory);
export const blocking = (directory: string): StorageDirectory =>
  new PreadDirectory(directory, { blockingSyncs: true });
export const mmap = (directory: string): StorageDirectory => new MmapDirectory(pread(directory));

/** A log below its writer session, as an engine has it. Its sync policy follows the place, unless a part says otherwise. */
export async function openOwnLog(
  { directory: path, durable = false }: Pick<Place, 'directory' | 'durable'>,
  { reader = pread, parts = {}, settings = {} }: OwnChoices = {},
): Promise<OwnLog> {
  const root = reader(path);
  const session = await WriterSession.open(root, {
    clock: new SystemClock(),
    random: new SystemRandom(),
    checksum: crc32c(),
  });
  const directory = await root.directory('log', { create: true });
  const syncPolicy = durable ? syncAlways() : syncNever();
  const log = new Log({ ...defaultComponents(directory, session), syncPolicy, ...parts }, settings);
  const recovery = await log.open();
  const close = async (): Promise<void> => {
    await log.close();
    await session.close({ clean: true });
    await root.close();
  };
  return { log, recovery, close };
}
