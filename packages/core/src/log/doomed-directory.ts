import type { StorageDirectory } from '../contract/storage-directory.js';
import { storedSegments } from './stored-segments.js';

/** What a catalog says of paths below `topics/`: `<directory>` or `<directory>/<partition>`. */
export interface DoomedPaths {
  readonly doomed: Pick<ReadonlySet<string>, 'has'>;
  /** Directories of topics that were deleted. */
  readonly deleted: Pick<ReadonlySet<string>, 'has'>;
}

/** Those of these paths that are there and that an opening removes. What lies in a topic that goes is not named. */
export async function pathsToRemove(
  topicsDirectory: StorageDirectory,
  paths: Iterable<string>,
  catalog: DoomedPaths,
): Promise<readonly string[]> {
  const topics = await namesIn(topicsDirectory);
  const partitions = new Map<string, ReadonlySet<string>>();
  const found = new Set<string>();
  for (const path of paths) {
    const [topic = '', partition] = path.split('/');
    if (!topics.has(topic)) continue;
    if (partition !== undefined) {
      const home = partitions.get(topic) ?? (await namesIn(await existing(topicsDirectory, topic)));
      partitions.set(topic, home);
      if (!home.has(partition)) continue;
    }
    if (await isToBeRemoved(topicsDirectory, path, catalog)) found.add(path);
  }
  return [...found].filter((path) => !path.includes('/') || !found.has(path.split('/')[0] ?? ''));
}

/** Whether an opening removes this directory of a topic or a partition, which is there. */
export async function isToBeRemoved(
  topicsDirectory: StorageDirectory,
  path: string,
  { doomed, deleted }: DoomedPaths,
): Promise<boolean> {
  if (!doomed.has(path)) return false;
  const [topic = '', partition] = path.split('/');
  if (deleted.has(topic)) return true;
  const home = await existing(topicsDirectory, topic);
  const names = partition === undefined ? await namesIn(home) : [partition];
  for (const name of names) {
    const { withRecords } = await storedSegments(await existing(home, name));
    if (withRecords !== undefined) return false;
  }
  return true;
}

async function namesIn(directory: StorageDirectory): Promise<ReadonlySet<string>> {
  const entries = await directory.list();
  return new Set(entries.filter(({ kind }) => kind === 'directory').map(({ name }) => name));
}

function existing(directory: StorageDirectory, name: string): Promise<StorageDirectory> {
  return directory.directory(name, { create: false });
}
