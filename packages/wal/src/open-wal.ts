import { batchFrameCodec, crc32c, Log, type LogComponents, type StorageDirectory } from '@seglog/core';
import { WAL_DIRECTORY } from './lost-wal.js';
import { SegmentedWriteAheadLog } from './segmented-write-ahead-log.js';
import type { WalSettings } from './wal-settings.js';

/** Its format is its own, whatever the partitions are written with. Where they take crc32c from elsewhere, it does too. */
function formats({ checksum }: WalParts['components']): typeof FORMATS {
  return checksum.id === FORMATS.checksum.id ? { ...FORMATS, checksum } : FORMATS;
}

const FORMATS = { codec: batchFrameCodec(), checksum: crc32c(), readingCodecs: [], readingChecksums: [] };

export interface WalParts {
  /** The data root; its lock is held. */
  readonly root: StorageDirectory;
  readonly components: Omit<LogComponents, 'directory' | 'name' | 'ahead'>;
}

/** Opens a write-ahead log of a data root, or makes it, durably. */
export async function openWal(
  { root, components }: WalParts,
  name: string,
  settings: Partial<WalSettings>,
): Promise<SegmentedWriteAheadLog> {
  const directory = await root.directory(name, { create: true });
  await root.sync();
  const wal = new SegmentedWriteAheadLog(
    { ...components, ...formats(components), directory, name },
    settings,
  );
  await wal.open();
  return wal;
}

/** Whether a data root holds writes that its logs may lack. Changes nothing. */
export async function holdsWrites({ root, components }: WalParts): Promise<boolean> {
  const entries = await root.list();
  if (!entries.some(({ name, kind }) => name === WAL_DIRECTORY && kind === 'directory')) return false;
  const directory = await root.directory(WAL_DIRECTORY, { create: false });
  if ((await directory.sizeOf('CURRENT')) === undefined) return false;
  const log = new Log({ ...components, ...formats(components), directory, name: WAL_DIRECTORY });
  await log.open({ readOnly: true });
  const { logStart, logEnd } = log.offsets();
  await log.close();
  return logEnd > logStart;
}
