import type { LogMaintenance, LogOffsets, SealedSegment, TopicFacts } from '@seglog/core';

/** What cleaning needs of a partition's log. */
export interface CleanableLog {
  readonly maintenance: LogMaintenance;
  offsets(): LogOffsets;
  roll(): Promise<SealedSegment>;
}

/** What is cleaned: an engine, or the topics of one. */
export interface CleanupTarget {
  topics(): readonly TopicFacts[];
  log(topic: string, partition: number): Promise<CleanableLog>;
}

/**
 * The lowest offset of a partition that somebody still needs; undefined when nobody does. Retention never goes past it;
 * compaction is not held back, because it leaves the latest record of each key.
 */
export type RetentionHold = (topic: string, partition: number) => number | undefined;
