export { Cleanup, type CompactionOutcome } from './cleanup.js';
export type { CleanupJob } from './cleanup-job.js';
export type { CleanupOptions, CleanupParts } from './cleanup-options.js';
export type { CleanableLog, CleanupTarget, RetentionHold } from './cleanup-target.js';
export { type CompactionContext, type CompactionPass, compactLog } from './compact-log.js';
export { type CompactionPlan, planCompaction } from './compaction-plan.js';
export {
  type CompactionRun,
  type CompactionStrategy,
  type CompactionView,
  dirtyRatio,
  isClean,
  neverCompact,
  type SizeTieredOptions,
  sizeTiered,
} from './compaction-strategy.js';
export { exactOffsetMap } from './exact-offset-map.js';
export { type HashedOffsetMapOptions, hashedOffsetMap } from './hashed-offset-map.js';
export type { OffsetMap, OffsetMapFactory } from './offset-map.js';
export { type RetentionResult, type RetentionStep, retain, retentionOf } from './retention.js';
