import type { StorageDirectory } from '../contract/storage-directory.js';
import { pathsToRemove } from '../log/doomed-directory.js';
import type { TopicCatalog } from './topic-catalog.js';
import { topicDirectoryName } from './topic-catalog-state.js';

/**
 * Removes what the catalog knows to count for nothing, and notes that it is gone. A path that is forgotten although its
 * removal was not durable would stay for ever, so the removal is synced first. What was never put into use and holds records
 * all the same belongs to a topic whose edit a medium has lost: it is left alone, and a stray from then on.
 */
export async function removeDoomed(
  catalog: TopicCatalog,
  only: readonly string[] = [...catalog.doomed],
): Promise<void> {
  const { topicsDirectory } = catalog;
  const paths = only.filter((path) => catalog.doomed.has(path));
  if (topicsDirectory === undefined || paths.length === 0) return;
  for (const path of await pathsToRemove(topicsDirectory, paths, catalog)) {
    const [topic = '', partition] = path.split('/');
    if (partition === undefined) await topicsDirectory.remove(topic);
    else await removePartition(await topicsDirectory.directory(topic, { create: false }), partition);
  }
  await topicsDirectory.sync();
  await catalog.commit({ type: 'removed', paths }, { sync: false });
}

async function removePartition(topic: StorageDirectory, partition: string): Promise<void> {
  await topic.remove(partition);
  await topic.sync();
}

export interface TopicDirectories {
  /** Names of topics whose directory is not there. */
  readonly missing: ReadonlySet<string>;
  /** Directories that no topic, and no leftover, accounts for. They are reported and left alone. */
  readonly strays: readonly string[];
}

export async function compareDirectories(catalog: TopicCatalog): Promise<TopicDirectories> {
  const entries = (await catalog.topicsDirectory?.list()) ?? [];
  const present = new Set(entries.filter(({ kind }) => kind === 'directory').map(({ name }) => name));
  const missing = new Set<string>();
  for (const topic of catalog.topics.values()) {
    if (!present.delete(topicDirectoryName(topic))) missing.add(topic.name);
  }
  return { missing, strays: [...present].filter((name) => !catalog.doomed.has(name)) };
}
