import type { Log, TopicManager } from '@seglog/core';
import type { PartitionId } from './carried-write.js';

/** Finds partitions by the ids that the write-ahead log knows them by. */
export function partitionFinder(topics: TopicManager<Log>): (id: PartitionId) => Promise<Log | undefined> {
  const known = new Map(topics.topics().map((facts) => [facts.id, facts]));
  return async ({ topicId, partition }) => {
    const topic = known.get(topicId);
    return topic === undefined || partition >= topic.partitions
      ? undefined
      : topics.log(topic.name, partition);
  };
}
