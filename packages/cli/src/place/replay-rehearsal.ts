import type { KnownFormats, LogSettings, StorageDirectory } from '@seglog/core';
import { WAL_DIRECTORY, type WalReplayReport } from '@seglog/wal';
import type { Place } from './open-place.js';
import { openWriter } from './open-writer.js';
import { OverlayDirectory } from './overlay-directory.js';
import { type Refusal, refusalOf } from './rehearsal.js';
import { childOf } from './store-logs.js';

/** What replaying the write-ahead log of a data root brings to its partitions. */
export type ReplayRehearsal =
  | { readonly replays: true; readonly report: WalReplayReport }
  | {
      readonly replays: false;
      readonly refusal: Refusal;
      /** What a salvage of the write-ahead log and of all partitions would make of it. */
      readonly salvage: WalReplayReport | Refusal;
    };

/** Opens a data root on top of itself and replays its write-ahead log; undefined where there is none. Changes nothing. */
export async function rehearseReplay(
  { kind, directory }: Pick<Place, 'kind' | 'directory'>,
  formats: KnownFormats,
): Promise<ReplayRehearsal | undefined> {
  if (kind !== 'root' || (await childOf(directory, WAL_DIRECTORY)) === undefined) return undefined;
  const first = await replayed(directory, formats, 'fail');
  if (!('code' in first)) return { replays: true, report: first };
  return { replays: false, refusal: first, salvage: await replayed(directory, formats, 'salvage') };
}

async function replayed(
  directory: StorageDirectory,
  formats: KnownFormats,
  onCorruption: LogSettings['onCorruption'],
): Promise<WalReplayReport | Refusal> {
  const settings = { onCorruption, preallocateBytes: 0 };
  try {
    const writer = await openWriter(new OverlayDirectory(directory), { settings, formats });
    await writer.close().catch(() => undefined);
    if (writer.replay === undefined) throw new TypeError('a store with a write-ahead log replays it');
    return writer.replay;
  } catch (error) {
    return refusalOf(error);
  }
}
