import { Journal, readSession, type StorageDirectory } from '@seglog/core';
import { SeededRandom } from '../simulated/seeded-random.js';
import { checkLog, holdsLog } from './check-log.js';
import type { KnownFormats } from './check-segment.js';
import type { Findings } from './finding.js';

interface StoredTopic {
  readonly name: string;
  readonly id: string;
  readonly partitions: number;
}

interface StoredCatalog {
  readonly topics: ReadonlyMap<string, StoredTopic>;
  /** Paths below `topics/` that count for nothing. */
  readonly doomed: ReadonlySet<string>;
}

/** Checks a data root: session, catalog against directories, and every log. */
export async function checkRoot(
  root: StorageDirectory,
  formats: KnownFormats,
  findings: Findings,
): Promise<void> {
  try {
    await readSession(root, formats.crc32c);
  } catch (error) {
    findings.add('I11', 'SESSION', messageOf(error));
  }
  const children = (await root.list()).filter(({ kind }) => kind === 'directory').map(({ name }) => name);
  if (children.includes('catalog')) await checkTopics(root, children.includes('topics'), formats, findings);
  for (const name of children) {
    const child = await root.directory(name, { create: false });
    if (name !== 'catalog' && (await holdsLog(child))) await checkLog(child, formats, findings.in(name));
  }
}

async function checkTopics(
  root: StorageDirectory,
  present: boolean,
  formats: KnownFormats,
  findings: Findings,
): Promise<void> {
  const directory = await root.directory('catalog', { create: false });
  const catalog = await readCatalog(directory, formats, findings.in('catalog'));
  if (catalog === undefined) return;
  if (!present) {
    if (catalog.topics.size > 0) findings.add('I11', 'topics', 'there are topics and no directory of them');
    return;
  }
  const topics = await root.directory('topics', { create: false });
  const inside = findings.in('topics');
  const found = new Set((await topics.list()).map(({ name }) => name));
  for (const topic of catalog.topics.values()) {
    const name = directoryOf(topic);
    if (found.delete(name)) {
      await checkPartitions(
        await topics.directory(name, { create: false }),
        { topic, catalog, formats },
        inside.in(name),
      );
    } else inside.add('I11', name, 'the catalog names a topic whose directory is not there');
  }
  for (const name of found) {
    inside.leftover(
      name,
      catalog.doomed.has(name) ? 'a topic that is to be removed' : 'no topic accounts for it',
    );
  }
}

async function checkPartitions(
  directory: StorageDirectory,
  about: { readonly topic: StoredTopic; readonly catalog: StoredCatalog; readonly formats: KnownFormats },
  findings: Findings,
): Promise<void> {
  const { topic, catalog, formats } = about;
  const found = new Set((await directory.list()).map(({ name }) => name));
  for (let partition = 0; partition < topic.partitions; partition += 1) {
    const name = String(partition);
    if (found.delete(name)) {
      await checkLog(await directory.directory(name, { create: false }), formats, findings.in(name));
    } else findings.add('I11', name, 'the catalog names a partition whose directory is not there');
  }
  for (const name of found) {
    const doomed = catalog.doomed.has(`${directoryOf(topic)}/${name}`);
    findings.leftover(name, doomed ? 'a partition that is to be removed' : 'no partition accounts for it');
  }
}

const directoryOf = ({ name, id }: StoredTopic): string => `${name.slice(0, 200)}-${id}`;

async function readCatalog(
  directory: StorageDirectory,
  { crc32c }: KnownFormats,
  findings: Findings,
): Promise<StoredCatalog | undefined> {
  const options = { prefix: 'CATALOG', checksum: crc32c, random: new SeededRandom(0) };
  try {
    if (!(await Journal.exists(directory, options))) return { topics: new Map(), doomed: new Set() };
    const { journal, edits } = await Journal.open(directory, { ...options, readOnly: true });
    await journal.close();
    return foldCatalog(edits.flat() as readonly CatalogEdit[], findings);
  } catch (error) {
    findings.add('I11', 'CURRENT', messageOf(error));
    return undefined;
  }
}

type CatalogEdit =
  | { readonly type: 'create'; readonly topic: StoredTopic }
  | { readonly type: 'grow'; readonly id: string; readonly partitions: number }
  | { readonly type: 'delete'; readonly id: string }
  | { readonly type: 'doom' | 'removed'; readonly paths: readonly string[] }
  | { readonly type: 'format' | 'configure' };

function foldCatalog(edits: readonly CatalogEdit[], findings: Findings): StoredCatalog {
  const topics = new Map<string, StoredTopic>();
  const doomed = new Set<string>();
  const known = (id: string): StoredTopic => {
    const topic = topics.get(id);
    if (topic === undefined)
      findings.add('I11', 'CURRENT', `an edit is about topic ${id}, which is not there`);
    return topic ?? { name: '', id, partitions: 0 };
  };
  for (const edit of edits) {
    if (edit.type === 'create') {
      if ([...topics.values()].some(({ name }) => name.toLowerCase() === edit.topic.name.toLowerCase()))
        findings.add('I11', 'CURRENT', `topic ${edit.topic.name} is there twice`);
      topics.set(edit.topic.id, edit.topic);
      doomed.delete(directoryOf(edit.topic));
    } else if (edit.type === 'grow') {
      const before = known(edit.id);
      topics.set(edit.id, { ...before, partitions: edit.partitions });
      for (let i = before.partitions; i < edit.partitions; i += 1)
        doomed.delete(`${directoryOf(before)}/${i}`);
    } else if (edit.type === 'delete') {
      doomed.add(directoryOf(known(edit.id)));
      topics.delete(edit.id);
    } else if (edit.type === 'doom') for (const path of edit.paths) doomed.add(path);
    else if (edit.type === 'removed') for (const path of edit.paths) doomed.delete(path);
  }
  return { topics, doomed };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
