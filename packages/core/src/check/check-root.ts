import type { StorageDirectory } from '../contract/storage-directory.js';
import { SlotFile } from '../journal/slot-file.js';
import { isToBeRemoved } from '../log/doomed-directory.js';
import { readSession, type SessionFacts } from '../log/session.js';
import { holdsLog, type LastWriter } from './check-log.js';
import type { CheckWays } from './check-segment.js';
import type { Findings } from './finding.js';
import { checkSettledLog, settled } from './settled-check.js';
import { directoryOfTopic, type StoredCatalog, type StoredTopic } from './stored-catalog.js';
import { catalogOf } from './stored-log.js';
import { hasEmptySlot } from './stored-slots.js';

/** Checks a data root: session, catalog against directories, and every log. */
export async function checkRoot(root: StorageDirectory, ways: CheckWays, findings: Findings): Promise<void> {
  const session = await readWriter(root, ways, findings);
  const writer: LastWriter = { cleanEpoch: session?.clean === true ? session.epoch : undefined };
  const children = (await root.list()).filter(({ kind }) => kind === 'directory').map(({ name }) => name);
  let epoch = 0;
  if (await lacksCatalog(root, children))
    findings.damage('I11', 'catalog', 'there are topics and no catalog of them');
  else if (children.includes('catalog')) {
    epoch = await checkTopics(root, { topics: children.includes('topics'), ways, writer }, findings);
  }
  if (session?.writesAhead === true && !(await holdsWal(root, children)))
    findings.damage('I11', 'wal', 'there was a write-ahead log, and it is gone with what only it held');
  for (const name of children) {
    const child = await root.directory(name, { create: false });
    if (name === 'catalog' || !(await holdsLog(child))) continue;
    epoch = Math.max(epoch, await checkSettledLog(child, { ways, findings: findings.in(name), writer }));
  }
  // Read again, so that a writer that came meanwhile is known.
  const latest = session === undefined ? undefined : await readWriter(root, ways, findings.apart());
  if (latest !== undefined && epoch > latest.epoch)
    findings.damage(
      'I5',
      'SESSION',
      `the session is of epoch ${latest.epoch}, and frames of epoch ${epoch}`,
      0,
    );
}

async function holdsWal(root: StorageDirectory, children: readonly string[]): Promise<boolean> {
  return children.includes('wal') && holdsLog(await root.directory('wal', { create: false }));
}

/** Topics are made after the catalog, and not without it. */
async function lacksCatalog(root: StorageDirectory, children: readonly string[]): Promise<boolean> {
  if (!children.includes('topics')) return false;
  const topics = await (await root.directory('topics', { create: false })).list();
  if (!topics.some(({ kind }) => kind === 'directory')) return false;
  if (!children.includes('catalog')) return true;
  const files = await (await root.directory('catalog', { create: false })).list();
  return !files.some(({ name }) => /^(?:CURRENT|CATALOG-\d+)$/.test(name));
}

async function readWriter(
  root: StorageDirectory,
  { formats }: CheckWays,
  findings: Findings,
): Promise<SessionFacts | undefined> {
  try {
    const session = await readSession(root, formats.crc32c);
    if (session === undefined) return undefined;
    const { damaged } = await SlotFile.read(root, 'SESSION', formats.crc32c);
    if (damaged > 0)
      findings.derived('SESSION', `${damaged} of the two slots of the session cannot be read`, 0);
    else if (await hasEmptySlot(root, 'SESSION'))
      findings.derived('SESSION', 'one of the two slots of the session is empty', 0);
    return session;
  } catch (error) {
    findings.damage('I11', 'SESSION', messageOf(error));
    return undefined;
  }
}

interface TopicsCheck {
  /** Whether there is a directory of topics. */
  readonly topics: boolean;
  readonly ways: CheckWays;
  readonly writer: LastWriter;
}

async function checkTopics(root: StorageDirectory, check: TopicsCheck, findings: Findings): Promise<number> {
  const { ways } = check;
  const directory = await root.directory('catalog', { create: false });
  const read = await settled(findings, (apart) =>
    catalogOf(directory, ways.formats.crc32c, apart.in('catalog')),
  );
  if (read === undefined) return 0;
  const catalog = read.value;
  if (!check.topics) {
    if (catalog.topics.size > 0)
      findings.damage('I11', 'topics', 'there are topics and no directory of them');
    return 0;
  }
  const topics = await root.directory('topics', { create: false });
  const inside = findings.in('topics');
  const found = new Set((await topics.list()).map(({ name }) => name));
  let epoch = 0;
  for (const topic of catalog.topics.values()) {
    const name = directoryOfTopic(topic);
    if (found.delete(name)) {
      const home = await topics.directory(name, { create: false });
      epoch = Math.max(
        epoch,
        await checkPartitions(home, { ...check, topicsDirectory: topics, topic, catalog }, inside.in(name)),
      );
    } else inside.damage('I11', name, 'the catalog names a topic whose directory is not there');
  }
  for (const name of found) {
    const goes = await isToBeRemoved(topics, name, catalog);
    inside.leftover(name, goes ? 'a topic that is to be removed' : 'no topic accounts for it');
  }
  return epoch;
}

async function checkPartitions(
  directory: StorageDirectory,
  about: TopicsCheck & {
    readonly topicsDirectory: StorageDirectory;
    readonly topic: StoredTopic;
    readonly catalog: StoredCatalog;
  },
  findings: Findings,
): Promise<number> {
  const { topic, catalog, ways, writer } = about;
  const found = new Set((await directory.list()).map(({ name }) => name));
  let epoch = 0;
  for (let partition = 0; partition < topic.partitions; partition += 1) {
    const name = String(partition);
    if (found.delete(name)) {
      const log = await directory.directory(name, { create: false });
      epoch = Math.max(epoch, await checkSettledLog(log, { ways, findings: findings.in(name), writer }));
    } else findings.damage('I11', name, 'the catalog names a partition whose directory is not there');
  }
  for (const name of found) {
    const goes = await isToBeRemoved(about.topicsDirectory, `${directoryOfTopic(topic)}/${name}`, catalog);
    findings.leftover(name, goes ? 'a partition that is to be removed' : 'no partition accounts for it');
  }
  return epoch;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
