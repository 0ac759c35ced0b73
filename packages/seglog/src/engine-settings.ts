import { type LogSettings, logSettings, type TopicSettings, topicSettings } from '@seglog/core';

/** Numbers and choices of an engine, all with defaults. Those of logs can be set for a topic alone when it is created. */
export type EngineSettings = Partial<LogSettings> & Partial<TopicSettings>;

/** Tells the settings of logs from those of topics. Throws for names that are not there and values out of range. */
export function splitSettings(given: EngineSettings): {
  readonly log: Partial<LogSettings>;
  readonly topic: Partial<TopicSettings>;
} {
  const topicNames = Object.keys(topicSettings());
  const logNames = Object.keys(logSettings());
  const unknown = Object.keys(given).find((name) => !topicNames.includes(name) && !logNames.includes(name));
  if (unknown !== undefined) {
    throw new RangeError(
      `there is no setting ${unknown}; there are ${[...topicNames, ...logNames].join(', ')}`,
    );
  }
  const log = pick(given, logNames);
  const topic = pick(given, topicNames);
  logSettings(log);
  topicSettings(topic);
  return { log, topic };
}

function pick(given: EngineSettings, names: readonly string[]): EngineSettings {
  const entries = Object.entries(given).filter(
    ([name, value]) => names.includes(name) && value !== undefined,
  );
  return Object.fromEntries(entries);
}
