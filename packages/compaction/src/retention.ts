import {
  type CleanupSettings,
  keepAge,
  keepAll,
  keepBytes,
  keepRecords,
  keepWithin,
  type RetentionPolicy,
} from '@seglog/core';
import type { CleanableLog } from './cleanup-target.js';

/** What one step of retention did. */
export interface RetentionResult {
  readonly segmentsRemoved: number;
  readonly recordsRemoved: number;
  readonly bytesRemoved: number;
}

export interface RetentionStep {
  readonly settings: CleanupSettings;
  /** A limit of the application, beside those of the settings. */
  readonly policy?: RetentionPolicy | undefined;
  /** Lowest offset that somebody still needs. */
  readonly heldFrom?: number | undefined;
  readonly nowMs: number;
}

/** The limits of the settings as one policy. */
export function retentionOf(settings: CleanupSettings, policy?: RetentionPolicy): RetentionPolicy {
  const { retentionBytes, retentionMs, retentionRecords } = settings;
  const limits = [
    ...(Number.isFinite(retentionBytes) ? [keepBytes(retentionBytes)] : []),
    ...(Number.isFinite(retentionMs) ? [keepAge(retentionMs)] : []),
    ...(Number.isFinite(retentionRecords) ? [keepRecords(retentionRecords)] : []),
    ...(policy === undefined ? [] : [policy]),
  ];
  return limits.length === 0 ? keepAll() : keepWithin(...limits);
}

/**
 * Removes the oldest segments that no limit wants to keep. The log start is durable before the first file goes; it never
 * passes the high watermark, nor what is held. An active segment whose records have all expired is rolled first, so that
 * a log without appends empties too.
 */
export async function retain(log: CleanableLog, step: RetentionStep): Promise<RetentionResult> {
  const { settings, nowMs } = step;
  const active = log.maintenance.segments().at(-1);
  const expired = active !== undefined && nowMs - active.maxAppendTimeMs > settings.retentionMs;
  if (expired && active.recordCount > 0) await log.roll();
  const segments = log.maintenance.segments();
  const { logStart, logEnd, highWatermark } = log.offsets();
  const policy = retentionOf(settings, step.policy);
  const wanted = policy.firstKept({ nowMs, segments, logStart, logEnd });
  const firstKept = Math.min(wanted, highWatermark, step.heldFrom ?? highWatermark);
  if (firstKept <= logStart) return { segmentsRemoved: 0, recordsRemoved: 0, bytesRemoved: 0 };
  const segmentsRemoved = await log.maintenance.purgeBefore(firstKept);
  const left = new Set(log.maintenance.segments().map(({ id }) => id));
  const gone = segments.filter(({ id }) => !left.has(id));
  return {
    segmentsRemoved,
    recordsRemoved: gone.reduce((sum, { recordCount }) => sum + recordCount, 0),
    bytesRemoved: gone.reduce((sum, { endPosition }) => sum + endPosition, 0),
  };
}
