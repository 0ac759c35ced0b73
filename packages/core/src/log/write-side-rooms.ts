import type { SyncPolicy } from '../contract/sync-policy.js';
import { GroupCommit, type GroupCommitContext } from './group-commit.js';
import { type EncoderContext, GroupEncoder } from './group-encoder.js';
import type { Watermark } from './watermark.js';
import { WatermarkKeeper } from './watermark-keeper.js';
import type { WriteSideParts } from './write-side-parts.js';

/** What assigns offsets and makes frames. */
export function newEncoder(
  { components, settings, marks, producers }: WriteSideParts,
  side: Pick<EncoderContext, 'epoch' | 'onTaken'>,
): GroupEncoder {
  const { codec, clock, writeBuffers } = components;
  const longBuffer = (bytes: number): Uint8Array => writeBuffers.acquireLong(bytes);
  const durable = (): number => marks.synced;
  return new GroupEncoder({ ...side, codec, settings, clock, producers, longBuffer, durable });
}

/** What decides when to sync, and whom a sync answers. */
export function newCommit(
  { components, settings, marks, tail }: WriteSideParts,
  policy: SyncPolicy,
  side: Pick<GroupCommitContext, 'onSynced' | 'onFailed'>,
): GroupCommit {
  const { clock } = components;
  const { maxSyncDelayMs, writebackBytes } = settings;
  const sync = (): Promise<void> => tail.active.sync();
  const context = { ...side, policy, clock, maxSyncDelayMs, writebackBytes, sync };
  return new GroupCommit(context, marks.synced);
}

/** What notes, a while later, how far the log is durable. */
export function newWatermark(
  { components, settings, marks, manifest }: WriteSideParts,
  epoch: () => number,
): WatermarkKeeper {
  const { directory, crc32c, clock } = components;
  const current = (): Watermark => ({
    segmentId: manifest.state.recoveryPoint.id,
    epoch: epoch(),
    durable: marks.synced,
  });
  return new WatermarkKeeper({ directory, crc32c, clock, delayMs: settings.watermarkDelayMs, current });
}
