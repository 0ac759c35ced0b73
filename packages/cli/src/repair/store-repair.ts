import { crc32c, type KnownFormats, type RecoveryReport, restoreCurrent } from '@seglog/core';
import type { PreadDirectory } from '@seglog/fs-pread';
import { copyAside, WAL_DIRECTORY, type WalReplayReport } from '@seglog/wal';
import { openWriter } from '../place/open-writer.js';
import { rehearseReplay } from '../place/replay-rehearsal.js';
import { storeLogs } from '../place/store-logs.js';

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
  /** The write-ahead log was gone, and what only it held is lost. */
  readonly walLost: boolean;
  /** Where a damaged write-ahead log was copied to, as it was found. */
  readonly copy: string | undefined;
  /** Logs whose `CURRENT` was lost, and names the only manifest there is again. */
  readonly renamed: readonly { readonly name: string; readonly manifest: string }[];
}

/** What a salvage does before the store is opened. */
type Prepared = Pick<RepairedStore, 'copy' | 'renamed'>;

/**
 * Opens every partition as a writer does, with the recovery that belongs to it and the replay of a write-ahead log, and
 * closes the store cleanly. A salvage keeps a copy of a write-ahead log that is damaged: what was read of it is let go
 * afterwards, and what could not be read goes with it.
 */
export async function repairStore(
  disk: PreadDirectory,
  { onCorruption, formats }: { readonly onCorruption: 'fail' | 'salvage'; readonly formats: KnownFormats },
): Promise<RepairedStore> {
  const prepared: Prepared =
    onCorruption === 'salvage' ? await prepare(disk, formats) : { copy: undefined, renamed: [] };
  const writer = await openWriter(disk, { settings: { onCorruption }, formats });
  try {
    await writer.topics.openAll();
    const { recoveries, replay, walLost } = writer;
    const partitions = writer.topics.topics().flatMap(({ name: topic, partitions: count, failures }) =>
      Array.from({ length: count }, (_, partition) => {
        const name = `${topic}/${partition}`;
        const failure = failures.get(partition);
        const said = failure === undefined ? undefined : messageOf(failure);
        return { name, report: recoveries.get(name), failure: said };
      }),
    );
    const wal = { name: WAL_DIRECTORY, report: recoveries.get(WAL_DIRECTORY), failure: undefined };
    const logs = replay === undefined ? partitions : [wal, ...partitions];
    return { logs, replay, walLost, ...prepared };
  } finally {
    await writer.close();
  }
}

/** With the lock held, so that no writer changes what is copied and named. */
async function prepare(disk: PreadDirectory, formats: KnownFormats): Promise<Prepared> {
  const lock = await disk.lock('LOCK');
  try {
    const place = { path: '', kind: 'root', directory: disk, close: async () => undefined } as const;
    const rehearsal = await rehearseReplay(place, formats);
    const copy = rehearsal?.replays === false ? await copyAside(disk, WAL_DIRECTORY) : undefined;
    const renamed: { name: string; manifest: string }[] = [];
    for (const { name, directory } of await storeLogs(place)) {
      const manifest = directory && (await restoreCurrent(directory, 'MANIFEST', crc32c()));
      if (manifest !== undefined) renamed.push({ name, manifest });
    }
    return { copy, renamed };
  } finally {
    await lock[Symbol.asyncDispose]();
  }
}

/** The error of a partition wraps what went wrong. */
function messageOf(failure: unknown): string {
  if (!(failure instanceof Error)) return String(failure);
  return failure.cause instanceof Error ? failure.cause.message : failure.message;
}
