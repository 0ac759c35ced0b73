import { requireSafeInteger } from '../invariant.js';

/**
 * When old records go. Of a topic whose policy is `delete`, the first three count; of one that compacts, the others; of
 * `compact,delete`, all. `Infinity` is no limit. Bytes and milliseconds.
 */
export interface CleanupSettings {
  /** The oldest segment goes once those behind it hold this many bytes. Default no limit. */
  readonly retentionBytes: number;
  /** A segment goes once all its records were appended longer ago. Default no limit. */
  readonly retentionMs: number;
  /** The oldest segment goes once those behind it hold this many records. Default no limit. */
  readonly retentionRecords: number;
  /** Share of bytes since the last compaction that is worth a pass: above 0, at most 1. Default 0.5. */
  readonly minDirtyRatio: number;
  /** Records younger than this are left alone. Default 0. */
  readonly minCompactionLagMs: number;
  /** Records older than this are compacted whatever the ratio. Default no limit. */
  readonly maxCompactionLagMs: number;
  /** A tombstone stays this long after the pass that first kept it, so that every reader sees the deletion. Default 24 h. */
  readonly deleteRetentionMs: number;
}

/** What a topic says for itself; what it does not say follows the engine. */
export type CleanupOverrides = Readonly<Partial<Record<keyof CleanupSettings, number>>>;

export const DEFAULT_CLEANUP: CleanupSettings = {
  retentionBytes: Number.POSITIVE_INFINITY,
  retentionMs: Number.POSITIVE_INFINITY,
  retentionRecords: Number.POSITIVE_INFINITY,
  minDirtyRatio: 0.5,
  minCompactionLagMs: 0,
  maxCompactionLagMs: Number.POSITIVE_INFINITY,
  deleteRetentionMs: 24 * 60 * 60 * 1000,
};

const NAMES: readonly string[] = Object.keys(DEFAULT_CLEANUP);
const LIMITS: readonly string[] = ['retentionBytes', 'retentionMs', 'retentionRecords', 'maxCompactionLagMs'];

export function isCleanupSetting(name: string): name is keyof CleanupSettings {
  return NAMES.includes(name);
}

/** Layers, the later one first: topic over engine over default. Throws `RangeError` or `TypeError` for what makes no sense. */
export function cleanupSettings(...layers: readonly CleanupOverrides[]): CleanupSettings {
  const settings: Record<keyof CleanupSettings, number> = { ...DEFAULT_CLEANUP };
  for (const layer of layers) {
    for (const [name, value] of Object.entries(layer)) {
      if (!isCleanupSetting(name)) {
        throw new RangeError(`there is no cleanup setting ${name}; there are ${NAMES.join(', ')}`);
      }
      if (value === undefined) continue;
      requireCleanupValue(name, value);
      settings[name] = value;
    }
  }
  if (settings.minCompactionLagMs > settings.maxCompactionLagMs) {
    throw new RangeError('minCompactionLagMs must not be above maxCompactionLagMs');
  }
  return settings;
}

function requireCleanupValue(name: keyof CleanupSettings, value: number): void {
  if (name === 'minDirtyRatio') {
    if (typeof value === 'number' && value > 0 && value <= 1) return;
    throw new RangeError(`minDirtyRatio must be above 0 and at most 1, not ${String(value)}`);
  }
  const isLimit = LIMITS.includes(name);
  if (value === Number.POSITIVE_INFINITY && isLimit) return;
  requireSafeInteger(value, name, { min: isLimit ? 1 : 0 });
}
