import {
  crc32c,
  directoryOfTopic,
  foldCatalog,
  holdsLog,
  Journal,
  type JsonValue,
  type KnownFormats,
  openStoredSegment,
  readJournalFrames,
  readStoredCatalog,
  type StorageDirectory,
  type StoredTopic,
  SystemRandom,
} from '@seglog/core';
import { childOf } from '../place/store-logs.js';

/** A topic that is found in the directories below `topics/`. */
export interface FoundTopic {
  readonly directory: string;
  readonly topic: StoredTopic;
  /** Whether what is left of the old catalog told its configuration; if not, it is what a topic has by default. */
  readonly known: boolean;
}

export interface CatalogPlan {
  /** Why the catalog cannot be read; undefined when it can, and nothing is to be done. */
  readonly complaint: string | undefined;
  readonly topics: readonly FoundTopic[];
  /** Directories that are no topic's. */
  readonly strays: readonly string[];
  /** Ids of the codecs and checksums of the segments. */
  readonly formats: readonly { readonly kind: 'codec' | 'checksum'; readonly id: number }[];
}

const TOPIC_DIRECTORY = /^([A-Za-z0-9_-][A-Za-z0-9._-]{0,199})-([0-9a-f]{16})$/;
const LOST = 'lost-';

/** What a catalog that is lost or damaged would be rebuilt to. Changes nothing. */
export async function planCatalog(root: StorageDirectory, known: KnownFormats): Promise<CatalogPlan> {
  const complaint = await complaintAbout(root);
  const topics: FoundTopic[] = [];
  const strays: string[] = [];
  const formats = new Map<string, { readonly kind: 'codec' | 'checksum'; readonly id: number }>();
  const remembered = await rememberedTopics(root);
  const home = await childOf(root, 'topics');
  const entries = (await home?.list()) ?? [];
  for (const { name } of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const directory = home && (await childOf(home, name));
    const found = directory && (await topicIn(directory, name, remembered));
    if (directory === undefined || found === undefined) {
      strays.push(name);
      continue;
    }
    topics.push(found);
    for (const format of await formatsIn(directory, known)) formats.set(`${format.kind}${format.id}`, format);
  }
  return { complaint, topics, strays, formats: [...formats.values()] };
}

async function complaintAbout(root: StorageDirectory): Promise<string | undefined> {
  const catalog = await childOf(root, 'catalog');
  if (catalog === undefined) return 'there is no catalog';
  const read = await readStoredCatalog(catalog, crc32c());
  if (read.value === undefined) return read.complaint.message;
  const topics = await childOf(root, 'topics');
  const found = ((await topics?.list()) ?? []).length > 0;
  return read.value.topics.size === 0 && read.journal === '' && found ? 'the catalog is empty' : undefined;
}

/** Topics that any frame of any old catalog file still tells of, by their ids. */
async function rememberedTopics(root: StorageDirectory): Promise<ReadonlyMap<string, StoredTopic>> {
  const catalog = await childOf(root, 'catalog');
  const remembered = new Map<string, StoredTopic>();
  for (const { name } of (await catalog?.list()) ?? []) {
    if (catalog === undefined || !/CATALOG-\d+$/.test(name)) continue;
    const { pieces } = await readJournalFrames(catalog, name, crc32c());
    const edits = pieces.flatMap((piece) => (piece.kind === 'edit' ? piece.edits : []));
    const { topics } = foldCatalog(edits.filter(isAboutTopics), () => undefined);
    for (const topic of topics.values()) if (topic.name !== '') remembered.set(topic.id, topic);
  }
  return remembered;
}

/** Deletions are left out: what they speak of is gone, or its directory says that it is not. */
const isAboutTopics = (edit: unknown): boolean =>
  typeof edit === 'object' &&
  edit !== null &&
  'type' in edit &&
  ['create', 'grow', 'configure'].includes(String(edit.type));

async function topicIn(
  directory: StorageDirectory,
  home: string,
  remembered: ReadonlyMap<string, StoredTopic>,
): Promise<FoundTopic | undefined> {
  const [, name, id] = TOPIC_DIRECTORY.exec(home) ?? [];
  if (name === undefined || id === undefined) return undefined;
  let partitions = 0;
  for (;;) {
    const child = await childOf(directory, String(partitions));
    if (child === undefined || !(await holdsLog(child))) break;
    partitions += 1;
  }
  if (partitions === 0) return undefined;
  const before = remembered.get(id);
  if (before !== undefined && directoryOfTopic(before) === home)
    return { directory: home, topic: { ...before, partitions }, known: true };
  const config = { cleanupPolicy: 'delete', keySerde: 'string', valueSerde: 'json', settings: {} };
  return { directory: home, topic: { name, id, partitions, createdAtMs: 0, config }, known: false };
}

async function formatsIn(topic: StorageDirectory, formats: KnownFormats): Promise<CatalogPlan['formats']> {
  const found: { kind: 'codec' | 'checksum'; id: number }[] = [];
  for (const { name, kind } of await topic.list()) {
    if (kind !== 'directory') continue;
    const log = await topic.directory(name, { create: false });
    const files = (await log.list()).filter((entry) => /^\d{20}-[0-9a-f]{16}\.log$/.test(entry.name));
    for (const file of files) {
      const { header, reader } = await openStoredSegment(log, file.name, formats);
      await reader.close();
      if (typeof header === 'string') continue;
      found.push({ kind: 'codec', id: header.codecId }, { kind: 'checksum', id: header.checksumId });
    }
  }
  return found;
}

/** Puts the files of the old catalog aside and writes a new one. The caller holds the lock of the root. */
export async function rebuildCatalog(
  root: StorageDirectory,
  plan: CatalogPlan,
  { codecs, checksums }: KnownFormats,
): Promise<void> {
  const catalog = await root.directory('catalog', { create: true });
  for (const { name, kind } of await catalog.list()) {
    if (kind === 'file' && !name.startsWith(LOST)) await catalog.rename(name, `${LOST}${name}`);
  }
  await catalog.sync();
  const formats = plan.formats.map(({ kind, id }) => {
    const known = kind === 'codec' ? codecs.get(id) : checksums.get(id);
    return { type: 'format', format: { kind, id, name: known?.name ?? `${kind}-${id}` } };
  });
  const created = plan.topics.map(({ topic }) => ({ type: 'create', topic }));
  const edits: JsonValue[] = JSON.parse(JSON.stringify([...formats, ...created]));
  const options = { prefix: 'CATALOG', checksum: crc32c(), random: new SystemRandom() };
  const journal = await Journal.create(catalog, options, edits);
  await journal.close();
  await root.sync();
}
