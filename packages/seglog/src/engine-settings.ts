import {
  type CleanupOverrides,
  cleanupSettings,
  type LogSettings,
  logSettings,
  type TopicSettings,
  topicSettings,
} from '@seglog/core';

/**
 * Numbers and choices of an engine, all with defaults. Those of logs can be set for a topic alone when it is created, those of
 * cleanup at any time.
 */
export type EngineSettings = Partial<LogSettings> & Partial<TopicSettings> & CleanupOverrides;

/** Tells the settings of logs from those of topics. Throws for names that are not there and values out of range. */
export function splitSettings(given: EngineSettings): {
  readonly log: Partial<LogSettings>;
  readonly topic: Partial<TopicSettings>;
  readonly cleanup: CleanupOverrides;
} {
  const topicNames = Object.keys(topicSettings());
  const logNames = Object.keys(logSettings());
  const cleanupNames = Object.keys(cleanupSettings());
  const known = [...topicNames, ...logNames, ...cleanupNames];
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new RangeError(`there is no setting ${unknown}; there are ${known.join(', ')}`);
  }
  const log = pick(given, logNames);
  const topic = pick(given, topicNames);
  const cleanup = pick(given, cleanupNames);
  logSettings(log);
  topicSettings(topic);
  cleanupSettings(cleanup);
  return { log, topic, cleanup };
}

function pick(given: EngineSettings, names: readonly string[]): EngineSettings {
  const entries = Object.entries(given).filter(
    ([name, value]) => names.includes(name) && value !== undefined,
  );
  return Object.fromEntries(entries);
}
