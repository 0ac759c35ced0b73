import type { Checksum } from '../contract/checksum.js';
import type { Clock } from '../contract/clock.js';
import type { LogObserver } from '../contract/log-observer.js';
import type { PartitionLog } from '../contract/partition-log.js';
import type { RandomSource } from '../contract/random-source.js';
import type { Serde } from '../contract/serde.js';
import type { StorageDirectory } from '../contract/storage-directory.js';
import { requireSafeInteger } from '../invariant.js';
import type { CleanupOverrides } from './cleanup-settings.js';
import type { PartitionerFactory } from './partitioner.js';
import type { TopicConfig } from './topic-catalog-state.js';

/** Which partition is to be opened, and how. */
export interface PartitionContext {
  /** `flights/2`: names the partition in events and messages. */
  readonly name: string;
  readonly topic: string;
  /** 16 lowercase hexadecimal digits: what makes this topic's logs its own. */
  readonly topicId: string;
  readonly partition: number;
  readonly config: TopicConfig;
  /**
   * The directory is empty: make a log in it. All of it is durable when the promise resolves, but for the directory's own
   * name. Without it, a directory that holds no log is an error.
   */
  readonly create: boolean;
  readonly readOnly: boolean;
}

/** Opens the log of one partition. What it returns is closed by who asked for it. */
export type OpenPartition<L extends PartitionLog = PartitionLog> = (
  directory: StorageDirectory,
  context: PartitionContext,
) => Promise<L>;

/** A codec or checksum that this engine knows: what it can read, and what it writes now. */
export interface KnownFormat {
  readonly kind: 'codec' | 'checksum';
  /** 1 to 255. */
  readonly id: number;
  readonly name: string;
  readonly writes: boolean;
}

/** What topics are made of. */
export interface TopicParts<L extends PartitionLog = PartitionLog> {
  readonly openPartition: OpenPartition<L>;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Checksum of the catalog. */
  readonly checksum: Checksum;
  readonly observer: LogObserver;
  /** Found by the names that topics were created with. */
  readonly serdes: readonly Serde<unknown>[];
  /** Noted in the catalog before they are used, so that an engine which lacks one says so when it is opened. */
  readonly formats: readonly KnownFormat[];
  /** Makes the partitioner of a topic that does not bring its own. */
  readonly partitioner: PartitionerFactory;
  /** Throws for settings that no log could have; called before anything is written. */
  readonly requireSettings?: ((settings: TopicConfig['settings']) => void) | undefined;
  /** Cleanup of topics that say nothing else. Default: no limits, and the numbers of `DEFAULT_CLEANUP`. */
  readonly cleanup?: CleanupOverrides | undefined;
}

/** Numbers that hold for all topics of an engine. */
export interface TopicSettings {
  /** Partitions of a topic that does not say how many; default 3. */
  readonly defaultPartitions: number;
  /** Most partitions of one topic; default 10,000. */
  readonly maxPartitions: number;
  /** Partitions that are made, synced or closed at a time; default 8. */
  readonly maxConcurrentPartitions: number;
}

/** Fills in the defaults. Throws `TypeError` or `RangeError` for numbers that make no sense. */
export function topicSettings(given: Partial<TopicSettings> = {}): TopicSettings {
  const settings = {
    defaultPartitions: given.defaultPartitions ?? DEFAULT_TOPIC_SETTINGS.defaultPartitions,
    maxPartitions: given.maxPartitions ?? DEFAULT_TOPIC_SETTINGS.maxPartitions,
    maxConcurrentPartitions: given.maxConcurrentPartitions ?? DEFAULT_TOPIC_SETTINGS.maxConcurrentPartitions,
  };
  for (const [name, value] of Object.entries(settings)) requireSafeInteger(value, name, { min: 1 });
  if (settings.maxPartitions > 1_000_000) {
    throw new RangeError(`maxPartitions must be at most 1000000, not ${settings.maxPartitions}`);
  }
  return settings;
}

export const DEFAULT_TOPIC_SETTINGS: TopicSettings = {
  defaultPartitions: 3,
  maxPartitions: 10_000,
  maxConcurrentPartitions: 8,
};
