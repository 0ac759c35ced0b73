import {
  type CleanupOverrides,
  cleanupSettings,
  type LogSettings,
  logSettings,
  requireSafeInteger,
  type TopicSettings,
  topicSettings,
} from '@seglog/core';

/** Of the engine as a whole. */
export interface SharedSettings {
  /**
   * Memory for frames that random reads come back to, with the tables by which records are found in them; 0 for none. Default
   * 64 MiB.
   */
  readonly frameCacheBytes: number;
}

export const SHARED_SETTINGS: SharedSettings = { frameCacheBytes: 64 * 1024 * 1024 };

/**
 * Numbers and choices of an engine, all with defaults. Those of logs can be set for a topic alone when it is created, those of
 * cleanup at any time.
 */
export type EngineSettings = Partial<LogSettings> &
  Partial<TopicSettings> &
  Partial<SharedSettings> &
  CleanupOverrides;

/** Tells the settings of logs from those of topics and of the engine. Throws for names that are not there and values out of range. */
export function splitSettings(given: EngineSettings): {
  readonly log: Partial<LogSettings>;
  readonly topic: Partial<TopicSettings>;
  readonly cleanup: CleanupOverrides;
  readonly shared: SharedSettings;
} {
  const topicNames = Object.keys(topicSettings());
  const logNames = Object.keys(logSettings());
  const cleanupNames = Object.keys(cleanupSettings());
  const sharedNames = Object.keys(SHARED_SETTINGS);
  const known = [...topicNames, ...logNames, ...cleanupNames, ...sharedNames];
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new RangeError(`there is no setting ${unknown}; there are ${known.join(', ')}`);
  }
  const log = pick(given, logNames);
  const topic = pick(given, topicNames);
  const cleanup = pick(given, cleanupNames);
  const { frameCacheBytes = SHARED_SETTINGS.frameCacheBytes } = given;
  logSettings(log);
  topicSettings(topic);
  cleanupSettings(cleanup);
  requireSafeInteger(frameCacheBytes, 'frameCacheBytes');
  return { log, topic, cleanup, shared: { frameCacheBytes } };
}

function pick(given: EngineSettings, names: readonly string[]): EngineSettings {
  const entries = Object.entries(given).filter(
    ([name, value]) => names.includes(name) && value !== undefined,
  );
  return Object.fromEntries(entries);
}
