import {
  crc32c,
  directoryOfTopic,
  holdsLog,
  readStoredCatalog,
  type StorageDirectory,
  type StoredTopic,
} from '@seglog/core';
import type { Place } from './open-place.js';

/** One log of a store. */
export interface StoreLog {
  /** For people: `flights/2`, or the path of a directory that stands alone. */
  readonly name: string;
  /** From the place that was opened; empty for the place itself. */
  readonly path: string;
  /** Undefined when the catalog names it and it is not there. */
  readonly directory: StorageDirectory | undefined;
  readonly topic: StoredTopic | undefined;
  readonly partition: number | undefined;
}

/** Every log of a store: those that the catalog names, or where there is none that can be read, those that are there. */
export async function storeLogs(place: Place): Promise<readonly StoreLog[]> {
  const { directory, kind } = place;
  if (kind === 'log')
    return [{ name: place.path, path: '', directory, topic: undefined, partition: undefined }];
  if (kind === 'topic') return logsInside(directory, '');
  const topics = await childOf(directory, 'topics');
  const catalog = await childOf(directory, 'catalog');
  const read = catalog && (await readStoredCatalog(catalog, crc32c()));
  const alone = await logsInside(directory, '');
  if (topics === undefined) return alone;
  if (read?.value === undefined) return [...alone, ...(await everyLog(topics))];
  const named = [...read.value.topics.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const logs: StoreLog[] = [...alone];
  for (const topic of named) logs.push(...(await logsOfTopic(topics, topic)));
  return logs;
}

async function logsOfTopic(topics: StorageDirectory, topic: StoredTopic): Promise<readonly StoreLog[]> {
  const home = directoryOfTopic(topic);
  const directory = await childOf(topics, home);
  const logs: StoreLog[] = [];
  for (let partition = 0; partition < topic.partitions; partition += 1) {
    const child = directory && (await childOf(directory, String(partition)));
    const path = `topics/${home}/${partition}`;
    logs.push({ name: `${topic.name}/${partition}`, path, directory: child, topic, partition });
  }
  return logs;
}

/** Logs in the directories of topics that no catalog names. */
async function everyLog(topics: StorageDirectory): Promise<readonly StoreLog[]> {
  const logs: StoreLog[] = [];
  for (const { name, kind } of (await topics.list()).toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (kind !== 'directory') continue;
    logs.push(...(await logsInside(await topics.directory(name, { create: false }), `topics/${name}/`)));
  }
  return logs;
}

async function logsInside(directory: StorageDirectory, path: string): Promise<readonly StoreLog[]> {
  const logs: StoreLog[] = [];
  const children = (await directory.list()).filter(
    ({ kind, name }) => kind === 'directory' && !APART.has(name),
  );
  for (const { name } of children.toSorted((a, b) => compareNames(a.name, b.name))) {
    const child = await directory.directory(name, { create: false });
    if (!(await holdsLog(child))) continue;
    const partition = /^\d{1,6}$/.test(name) ? Number(name) : undefined;
    logs.push({
      name: `${path}${name}`,
      path: `${path}${name}`,
      directory: child,
      topic: undefined,
      partition,
    });
  }
  return logs;
}

/** Directories of a data root that hold something else than a log. */
const APART: ReadonlySet<string> = new Set(['catalog', 'topics']);

const compareNames = (a: string, b: string): number => Number(a) - Number(b) || (a < b ? -1 : 1);

/** A child directory; undefined when there is none. */
export async function childOf(
  directory: StorageDirectory,
  name: string,
): Promise<StorageDirectory | undefined> {
  const found = (await directory.list()).some((entry) => entry.name === name && entry.kind === 'directory');
  return found ? directory.directory(name, { create: false }) : undefined;
}
