import {
  type Checksum,
  holdsLog,
  type LogSettings,
  readSession,
  SeglogError,
  type StorageDirectory,
} from '@seglog/core';

/** Where the write-ahead log of a data root lies. */
export const WAL_DIRECTORY = 'wal';

/** Whether a data root has lost a write-ahead log that may have held what no log of it has. Changes nothing. */
export async function isWalLost(root: StorageDirectory, checksum: Checksum): Promise<boolean> {
  const session = await readSession(root, checksum);
  return session?.writesAhead === true && !(await hasWal(root));
}

/**
 * Refuses a data root that has lost its write-ahead log, unless damage is to be lived with: a new one would look as if
 * nothing had ever been acknowledged.
 */
export async function requireWal(
  root: StorageDirectory,
  { checksum, onCorruption = 'fail' }: WalRequirement,
): Promise<void> {
  if (onCorruption !== 'fail' || !(await isWalLost(root, checksum))) return;
  const sentence =
    'the write-ahead log is missing, and may have held what no partition has; nothing was changed; restore wal/ from a backup, or let seglog repair --salvage go on without it';
  throw new SeglogError('CORRUPT_METADATA', sentence, { file: WAL_DIRECTORY });
}

export interface WalRequirement {
  readonly checksum: Checksum;
  readonly onCorruption?: LogSettings['onCorruption'] | undefined;
}

async function hasWal(root: StorageDirectory): Promise<boolean> {
  const entries = await root.list();
  if (!entries.some(({ name, kind }) => name === WAL_DIRECTORY && kind === 'directory')) return false;
  return holdsLog(await root.directory(WAL_DIRECTORY, { create: false }));
}
