import {
  crc32c,
  defaultComponents,
  type LogComponents,
  MemoryDirectory,
  type StorageDirectory,
  SystemClock,
  SystemRandom,
  WriterSession,
} from '@seglog/core';
import { SegmentedWriteAheadLog, type WalSettings } from '../src/index.js';

/** Small segments and pieces: a few records fill both. */
export const SMALL: Partial<WalSettings> = {
  maxSegmentBytes: 8 * 1024,
  maxRecordBytes: 4096,
  pieceBytes: 200,
  preallocateBytes: 1024,
};

export interface WalMakings {
  readonly settings?: Partial<WalSettings>;
  readonly parts?: Partial<LogComponents>;
}

/** A write-ahead log on a data root of its own, with the writer's session around it. */
export interface WalBench {
  readonly wal: SegmentedWriteAheadLog;
  readonly directory: StorageDirectory;
  close(): Promise<void>;
}

export async function openWal(
  root: StorageDirectory = new MemoryDirectory(),
  { settings, parts }: WalMakings = {},
): Promise<WalBench> {
  const clock = parts?.clock ?? new SystemClock();
  const random = parts?.random ?? new SystemRandom();
  const session = await WriterSession.open(root, { clock, random, checksum: crc32c() });
  try {
    const directory = await root.directory('wal', { create: true });
    await root.sync();
    const components = { ...defaultComponents(directory, session), clock, random, ...parts };
    const wal = new SegmentedWriteAheadLog(components, { ...SMALL, ...settings });
    await wal.open();
    const close = async (): Promise<void> => {
      let clean = false;
      try {
        await wal.close();
        clean = true;
      } finally {
        await session.close({ clean });
      }
    };
    return { wal, directory, close };
  } catch (cause) {
    await session.close({ clean: false }).catch(() => undefined);
    throw cause;
  }
}
