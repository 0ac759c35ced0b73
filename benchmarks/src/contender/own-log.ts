import { createRequire } from 'node:module';
import {
  type Checksum,
  crc32c,
  defaultComponents,
  Log,
  type LogComponents,
  type LogSettings,
  type NativeChecksum,
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

let crtShared: Checksum | undefined;

/** CRC-32C as the common runtime of AWS computes it; undefined where that does not load, which takes 70 ms. */
export function crtChecksum(): Checksum | undefined {
  try {
    crtShared ??= crc32c(loadCrt().crc32c);
    return crtShared;
  } catch {
    return undefined;
  }
}

/** Only this file of the package: the others load clients of its services. */
function loadCrt(): { readonly crc32c: NativeChecksum } {
  return createRequire(import.meta.url)('aws-crt/dist/native/checksums.js');
}

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
