import type { TopicEntry } from './topic-catalog-state.js';

/** A topic as it is listed. */
export interface TopicFacts extends Readonly<TopicEntry> {
  /** Why partitions could not be opened, by number. A partition that nobody used yet has not been opened. */
  readonly failures: ReadonlyMap<number, unknown>;
}

export interface OpenLogFacts<L> {
  readonly topic: string;
  readonly partition: number;
  readonly log: L;
}
