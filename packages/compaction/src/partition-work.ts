import { type CleanupSettings, cleanupSettings, type MaintainedSegment, type TopicFacts } from '@seglog/core';
import type { RunningJob } from './cleanup-job.js';
import type { CleanupMakings } from './cleanup-options.js';
import type { CleanableLog, RetentionHold } from './cleanup-target.js';
import { compactLog } from './compact-log.js';
import { type CompactionPlan, eligible, isExpired, planCompaction } from './compaction-plan.js';
import { type CompactionRun, isClean } from './compaction-strategy.js';
import type { OffsetMapFactory } from './offset-map.js';
import { retain } from './retention.js';

/** Of a map that is full again and again; what is left then waits for the next call. */
const MAX_PASSES = 1000;

/** What one step on a partition works on. */
export interface PartitionWork {
  readonly topic: TopicFacts;
  readonly log: CleanableLog;
  readonly makings: CleanupMakings;
  readonly holds: ReadonlySet<RetentionHold>;
}

/** How a compaction was asked for. */
export type CompactionWish = 'strategy' | 'everything';

export function settingsOf(topic: TopicFacts, { parts }: CleanupMakings): CleanupSettings {
  return cleanupSettings(parts.defaults, topic.config.cleanup);
}

export function compacts({ config }: TopicFacts): boolean {
  return config.cleanupPolicy !== 'delete';
}

/** Whether anything of the topic could ever be too old or too much. */
export function deletes(topic: TopicFacts, makings: CleanupMakings): boolean {
  if (topic.config.cleanupPolicy === 'compact') return false;
  const { retentionBytes, retentionMs, retentionRecords } = settingsOf(topic, makings);
  const limited = [retentionBytes, retentionMs, retentionRecords].some(Number.isFinite);
  return limited || makings.options.retention?.(topic) !== undefined;
}

export async function retainPartition(work: PartitionWork, job: RunningJob): Promise<number> {
  const { topic, log, makings, holds } = work;
  const held = [...holds].map((hold) => hold(job.topic, job.partition)).filter((one) => one !== undefined);
  const { recordsRemoved } = await retain(log, {
    settings: settingsOf(topic, makings),
    policy: makings.options.retention?.(topic),
    heldFrom: held.length === 0 ? undefined : Math.min(...held),
    nowMs: makings.parts.clock.nowMs(),
  });
  job.recordsRemoved += recordsRemoved;
  return recordsRemoved;
}

/** One pass, or as many as the offset map needs for everything. */
export async function compactPartition(
  work: PartitionWork,
  job: RunningJob,
  wish: CompactionWish,
): Promise<number> {
  const { log, makings, topic } = work;
  const settings = settingsOf(topic, makings);
  const nowMs = makings.parts.clock.nowMs();
  await rollIfWaiting(log, { settings, nowMs, wish });
  const { strategy, offsetMap } = makings.parts;
  for (let pass = 0; pass < MAX_PASSES; pass += 1) {
    const segments = eligible(log.maintenance.segments(), settings, nowMs);
    const { limits } = log.maintenance;
    const run =
      wish === 'strategy'
        ? strategy.choose({ nowMs, segments, settings, limits })
        : everything(segments, settings, nowMs);
    if (run === undefined) return job.recordsRemoved;
    const plan = planCompaction(segments, run, { nowMs, deleteRetentionMs: settings.deleteRetentionMs });
    const complete = await onePass(log, plan, job, offsetMap);
    if (complete || wish === 'strategy') return job.recordsRemoved;
  }
  return job.recordsRemoved;
}

/** False when there is more to do: the map was full, or the log has changed below the pass. */
async function onePass(
  { maintenance }: CleanableLog,
  plan: CompactionPlan,
  job: RunningJob,
  offsetMap: OffsetMapFactory,
): Promise<boolean> {
  const context = {
    maintenance,
    offsetMap,
    signal: job.signal,
    onRead: (bytes: number) => job.onRead(bytes),
    onRemoved: (records: number) => {
      job.recordsRemoved += records;
    },
  };
  try {
    const { complete } = await compactLog(context, plan);
    return complete;
  } catch (cause) {
    const left = new Set(maintenance.segments().map(({ id }) => id));
    if (cause instanceof RangeError && plan.sources.some(({ id }) => !left.has(id))) return false;
    throw cause;
  }
}

/** On demand what was appended before the call is compacted too; else what waits longer than it may. */
async function rollIfWaiting(
  log: CleanableLog,
  { settings, nowMs, wish }: { settings: CleanupSettings; nowMs: number; wish: CompactionWish },
): Promise<void> {
  const active = log.maintenance.segments().at(-1);
  if (active === undefined || active.recordCount === 0) return;
  const late = nowMs - active.createdAtMs > settings.maxCompactionLagMs;
  if (late || wish === 'everything') await log.roll();
}

/** All of the log, if there is something that a pass could change. */
function everything(
  segments: readonly MaintainedSegment[],
  { deleteRetentionMs }: CleanupSettings,
  nowMs: number,
): CompactionRun | undefined {
  const plan = { sources: segments, dirtyFrom: 0, fromLogStart: true, nowMs, deleteRetentionMs };
  const worth = segments.some(
    (segment) =>
      !isClean(segment) || (segment.tombstones > 0 && isExpired(plan, segment, segment.baseOffset)),
  );
  return worth ? { first: 0, end: segments.length } : undefined;
}
