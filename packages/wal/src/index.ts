export { AheadPartition } from './ahead-partition.js';
export type { FoundPart, PartitionId } from './carried-write.js';
export { copyAside } from './copy-aside.js';
export { isWalLost, requireWal, WAL_DIRECTORY, type WalRequirement } from './lost-wal.js';
export { holdsWrites, type WalParts } from './open-wal.js';
export { partitionFinder } from './partition-finder.js';
export type { SegmentLink } from './segment-link.js';
export { SegmentedWriteAheadLog } from './segmented-write-ahead-log.js';
export { UNAPPLIED_DIRECTORY, UnappliedRecords } from './unapplied-records.js';
export { MAX_WAL_RECORD_BYTES } from './wal-piece.js';
export type { WalReplayReport } from './wal-replay.js';
export { type WalSettings, walSettings } from './wal-settings.js';
export type { AheadRequest } from './write.js';
export {
  WriteAhead,
  type WriteAheadParts,
  type WriteAheadSettings,
  writeAheadSettings,
} from './write-ahead.js';
