import {
  type CleanupOverrides,
  type Clock,
  cleanupSettings,
  type LogObserver,
  type RetentionPolicy,
  requireKnownOptions,
  requireSafeInteger,
  type TopicFacts,
} from '@seglog/core';
import { type CompactionStrategy, dirtyRatio } from './compaction-strategy.js';
import { exactOffsetMap } from './exact-offset-map.js';
import type { OffsetMapFactory } from './offset-map.js';

/** What cleaning is made of. */
export interface CleanupParts {
  readonly clock: Clock;
  readonly observer?: LogObserver | undefined;
  /** Default {@link dirtyRatio}. */
  readonly strategy?: CompactionStrategy | undefined;
  /** Default {@link exactOffsetMap}. */
  readonly offsetMap?: OffsetMapFactory | undefined;
  /** Numbers for topics that say nothing else. */
  readonly defaults?: CleanupOverrides | undefined;
}

/** How often, how fast, and what else to remove. Milliseconds and bytes. */
export interface CleanupOptions {
  /** From the end of a round to the next one. Default 60 s. */
  readonly intervalMs?: number | undefined;
  /** Bytes that compaction reads in a second, over all of its passes. Default no limit. */
  readonly maxBytesPerSecond?: number | undefined;
  /** Work without a pause. Default 2 ms. */
  readonly sliceMs?: number | undefined;
  /** A partition that failed is left alone for so long, twice as long after each further failure, up to the maximum. Defaults 60 s and 1 h. */
  readonly backoffMs?: number | undefined;
  readonly maxBackoffMs?: number | undefined;
  /** A limit of the application for a topic that deletes, beside those of its settings. Lives as long as the process. */
  readonly retention?: ((topic: TopicFacts) => RetentionPolicy | undefined) | undefined;
}

/** Both with every default filled in. */
export interface CleanupMakings {
  readonly parts: Filled<CleanupParts, 'observer'>;
  readonly options: Filled<CleanupOptions, 'retention'>;
}

type Filled<T, Optional extends keyof T> = Pick<T, Optional> & {
  readonly [Name in Exclude<keyof T, Optional>]-?: Exclude<T[Name], undefined>;
};

export const CLEANUP_OPTION_NAMES: readonly (keyof CleanupOptions)[] = [
  'intervalMs',
  'maxBytesPerSecond',
  'sliceMs',
  'backoffMs',
  'maxBackoffMs',
  'retention',
];

/** Fills in the defaults. Throws `RangeError` for numbers that make no sense and for options that are not there. */
export function cleanupOptions(given: CleanupOptions): CleanupMakings['options'] {
  requireKnownOptions(given, CLEANUP_OPTION_NAMES);
  const options = {
    intervalMs: given.intervalMs ?? 60_000,
    maxBytesPerSecond: given.maxBytesPerSecond ?? Number.POSITIVE_INFINITY,
    sliceMs: given.sliceMs ?? 2,
    backoffMs: given.backoffMs ?? 60_000,
    maxBackoffMs: given.maxBackoffMs ?? 3_600_000,
    retention: given.retention,
  };
  for (const name of ['intervalMs', 'sliceMs', 'backoffMs', 'maxBackoffMs'] as const) {
    requireSafeInteger(options[name], name, { min: 1 });
  }
  if (!(options.maxBytesPerSecond > 0)) {
    throw new RangeError(`maxBytesPerSecond must be above 0, not ${options.maxBytesPerSecond}`);
  }
  return options;
}

/** Throws as {@link cleanupOptions} does, and for numbers of topics that make no sense. */
export function cleanupMakings(parts: CleanupParts, given: CleanupOptions): CleanupMakings {
  const { defaults = {}, strategy = dirtyRatio(), offsetMap = exactOffsetMap() } = parts;
  cleanupSettings(defaults);
  return { parts: { ...parts, defaults, strategy, offsetMap }, options: cleanupOptions(given) };
}
