import { settleEach } from './limit-concurrency.js';
import type { TopicCatalog } from './topic-catalog.js';
import { type TopicConfig, type TopicEntry, topicDirectoryName } from './topic-catalog-state.js';
import { removeDoomed } from './topic-leftovers.js';
import { type TopicPartitions, topicNotFound } from './topic-partitions.js';

/**
 * Makes a topic: doomed, built, then named. At every moment a crash leaves either a leftover that is known as one, or the
 * whole topic.
 */
export async function buildTopic(catalog: TopicCatalog, topic: TopicPartitions): Promise<void> {
  const { entry } = topic;
  const paths = [topicDirectoryName(entry)];
  await catalog.commit({ type: 'doom', paths });
  try {
    topic.adopt(entry, await topic.build(0, entry.partitions));
    await catalog.topicsDirectory?.sync();
  } catch (error) {
    await topic.end(topicNotFound(entry.name)).catch(() => undefined);
    await removeDoomed(catalog, paths).catch(() => undefined);
    throw error;
  }
  try {
    await catalog.commit({ type: 'create', topic: entry });
  } catch (error) {
    // Nobody knows whether the topic is in the catalog now: its files stay, and the next open finds out.
    await topic.end(topicNotFound(entry.name)).catch(() => undefined);
    throw error;
  }
}

/** Adds the partitions from the present count to `newTotal`, in the same order of effects. */
export async function growTopic(
  catalog: TopicCatalog,
  topic: TopicPartitions,
  newTotal: number,
): Promise<void> {
  const { entry } = topic;
  const paths = partitionPaths(entry, newTotal);
  await catalog.commit({ type: 'doom', paths });
  const built = await topic.build(entry.partitions, newTotal);
  try {
    await catalog.commit({ type: 'grow', id: entry.id, partitions: newTotal });
  } catch (error) {
    await settleEach([...built.values()], 1, (log) => log.close()).catch(() => undefined);
    throw error;
  }
  topic.adopt({ ...entry, partitions: newTotal }, built);
}

/** Old or new as a whole: one edit of the catalog. */
export async function configureTopic(
  catalog: TopicCatalog,
  topic: TopicPartitions,
  config: TopicConfig,
): Promise<void> {
  await catalog.commit({ type: 'configure', id: topic.entry.id, config });
  topic.adopt({ ...topic.entry, config }, new Map());
}

/** Closes what is open of a deleted topic, whose last writes nobody needs, and removes its files. */
export async function clearTopic(catalog: TopicCatalog, topic: TopicPartitions): Promise<void> {
  await topic.end(topicNotFound(topic.entry.name)).catch(() => undefined);
  await removeDoomed(catalog, [topicDirectoryName(topic.entry)]);
}

function partitionPaths(entry: TopicEntry, newTotal: number): readonly string[] {
  const home = topicDirectoryName(entry);
  const added = newTotal - entry.partitions;
  return Array.from({ length: added }, (_, index) => `${home}/${entry.partitions + index}`);
}
