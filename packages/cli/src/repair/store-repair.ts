import type { KnownFormats, RecoveryReport } from '@seglog/core';
import type { PreadDirectory } from '@seglog/fs-pread';
import { WAL_DIRECTORY, type WalReplayReport } from '@seglog/wal';
import { openWriter } from '../place/open-writer.js';
import { rehearseReplay } from '../place/replay-rehearsal.js';
import { copyAside } from './copy-aside.js';

/** What a repair did to one log; or why it could not be opened. */
export interface RepairedLog {
  readonly name: string;
  readonly report: RecoveryReport | undefined;
  readonly failure: string | undefined;
}

export interface RepairedStore {
  /** The partitions, and before them the write-ahead log if there is one. */
  readonly logs: readonly RepairedLog[];
  readonly replay: WalReplayReport | undefined;
  /** Where a damaged write-ahead log was copied to, as it was found. */
  readonly copy: string | undefined;
}

/**
 * Opens every partition as a writer does, with the recovery that belongs to it and the replay of a write-ahead log, and
 * closes the store cleanly. A salvage keeps a copy of a write-ahead log that is damaged: what was read of it is let go
 * afterwards, and what could not be read goes with it.
 */
export async function repairStore(
  disk: PreadDirectory,
  { onCorruption, formats }: { readonly onCorruption: 'fail' | 'salvage'; readonly formats: KnownFormats },
): Promise<RepairedStore> {
  const copy = onCorruption === 'salvage' ? await keptCopy(disk, formats) : undefined;
  const writer = await openWriter(disk, { settings: { onCorruption }, formats });
  try {
    await writer.topics.openAll();
    const { recoveries, replay } = writer;
    const partitions = writer.topics.topics().flatMap(({ name: topic, partitions: count, failures }) =>
      Array.from({ length: count }, (_, partition) => {
        const name = `${topic}/${partition}`;
        const failure = failures.get(partition);
        const said = failure === undefined ? undefined : messageOf(failure);
        return { name, report: recoveries.get(name), failure: said };
      }),
    );
    const wal = { name: WAL_DIRECTORY, report: recoveries.get(WAL_DIRECTORY), failure: undefined };
    return { logs: replay === undefined ? partitions : [wal, ...partitions], replay, copy };
  } finally {
    await writer.close();
  }
}

/** Made with the lock held, so that no writer changes what is copied. */
async function keptCopy(disk: PreadDirectory, formats: KnownFormats): Promise<string | undefined> {
  const lock = await disk.lock('LOCK');
  try {
    const rehearsal = await rehearseReplay({ kind: 'root', directory: disk }, formats);
    return rehearsal?.replays === false ? await copyAside(disk, WAL_DIRECTORY) : undefined;
  } finally {
    await lock[Symbol.asyncDispose]();
  }
}

/** The error of a partition wraps what went wrong. */
function messageOf(failure: unknown): string {
  if (!(failure instanceof Error)) return String(failure);
  return failure.cause instanceof Error ? failure.cause.message : failure.message;
}
