export { SegmentedWriteAheadLog } from './segmented-write-ahead-log.js';
export { MAX_WAL_RECORD_BYTES } from './wal-piece.js';
export { type WalSettings, walSettings } from './wal-settings.js';
