import { describe, expect, test } from 'vitest';
import { MemoryDirectory, pathsToRemove } from '../../src/index.js';
import { CatalogState, type TopicEntry, topicDirectoryName } from '../../src/topic/topic-catalog-state.js';
import { putFile, snapshot } from '../journal/parts.js';
import { copyTree, type World, world } from './world.js';

/** The data root as it is, with the catalog of another moment. */
async function withCatalogOf(root: MemoryDirectory, moment: MemoryDirectory): Promise<MemoryDirectory> {
  const mixed = await copyTree(root);
  await mixed.remove('catalog');
  const catalog = await mixed.directory('catalog', { create: true });
  const other = await moment.directory('catalog', { create: false });
  for (const [name, content] of await snapshot(other)) await putFile(catalog, name, content);
  return mixed;
}

/** The data root as it was when this partition was about to be made. */
function momentBefore(one: World, partition: string): () => MemoryDirectory {
  let copy = new MemoryDirectory();
  one.logs.before = async (name) => {
    if (name === partition) copy = await copyTree(one.root);
  };
  return () => copy;
}

async function topicDirectories(root: MemoryDirectory): Promise<readonly string[]> {
  const topics = await root.directory('topics', { create: false });
  return (await topics.list()).map(({ name }) => name);
}

describe('a catalog that lost its last edit', () => {
  test('keeps a topic that holds records, and reports it as a stray', async () => {
    const one = await world();
    const moment = momentBefore(one, 'orders/0');
    const topic = await one.manager.createTopic('orders', { partitions: 1 });
    await topic.append({ value: 1 });
    const directory = `orders-${topic.id}`;
    await one.manager.close();
    const two = await world(await withCatalogOf(one.root, moment()));
    expect(two.manager.topics()).toEqual([]);
    expect(two.manager.strays).toEqual([directory]);
    await two.reopen();
    expect(two.manager.strays).toEqual([directory]);
    expect(await topicDirectories(two.root)).toEqual([directory]);
    await two.manager.createTopic('orders');
  });

  test('removes a topic that never held any', async () => {
    const one = await world();
    const moment = momentBefore(one, 'orders/0');
    await one.manager.createTopic('orders', { partitions: 1 });
    await one.manager.close();
    const two = await world(await withCatalogOf(one.root, moment()));
    expect(two.manager.strays).toEqual([]);
    expect(await topicDirectories(two.root)).toEqual([]);
  });

  test('keeps the records of an added partition, which stand in the way of another one', async () => {
    const one = await world();
    const topic = await one.manager.createTopic('orders', { partitions: 1 });
    const moment = momentBefore(one, 'orders/1');
    await topic.addPartitions(2);
    await topic.append({ value: 1, partition: 1 });
    await one.manager.close();
    const two = await world(await withCatalogOf(one.root, moment()));
    expect(two.manager.topics()).toMatchObject([{ name: 'orders', partitions: 1 }]);
    await expect(two.manager.topic('orders').addPartitions(2)).rejects.toMatchObject({
      code: 'CORRUPT_METADATA',
      facts: { topic: 'orders', partition: 1 },
    });
    await two.reopen();
    const topics = await two.root.directory('topics', { create: false });
    const home = await topics.directory(`orders-${topic.id}`, { create: false });
    expect((await home.list()).map(({ name }) => name)).toEqual(['0', '1']);
  });

  test('removes what is left of a deleted topic, records and all', async () => {
    const one = await world();
    const topic = await one.manager.createTopic('orders', { partitions: 1 });
    await topic.append({ value: 1 });
    const whole = await copyTree(one.root);
    await one.manager.deleteTopic('orders');
    const two = await world(await withCatalogOf(whole, one.root));
    expect(two.manager.strays).toEqual([]);
    expect(await topicDirectories(two.root)).toEqual([]);
  });
});

test('what goes with its topic is not removed by itself, in whatever order it was doomed', async () => {
  const topics = new MemoryDirectory();
  for (const name of ['gone', 'stays']) {
    const home = await topics.directory(name, { create: true });
    for (const partition of ['0', '1']) await home.directory(partition, { create: true });
  }
  const paths = ['gone', 'gone/1', 'stays/1', 'stays/7', 'never/0'];
  const catalog = { doomed: new Set(paths), deleted: new Set(['gone']) };
  expect(await pathsToRemove(topics, paths, catalog)).toEqual(['gone', 'stays/1']);
  expect(await pathsToRemove(topics, paths.toReversed(), catalog)).toEqual(['stays/1', 'gone']);
});

test('a snapshot of the catalog still knows which directories were deleted', () => {
  const config = {
    cleanupPolicy: 'delete',
    cleanup: {},
    keySerde: 'a',
    valueSerde: 'b',
    settings: {},
  } as const;
  const old: TopicEntry = { name: 't', id: '0'.repeat(16), createdAtMs: 1, partitions: 1, config };
  const next: TopicEntry = { ...old, id: '1'.repeat(16) };
  const state = new CatalogState();
  state.apply({ type: 'create', topic: old });
  state.apply({ type: 'delete', id: old.id });
  state.apply({ type: 'create', topic: next });
  state.apply({ type: 'doom', paths: ['half-2'] });
  const copy = new CatalogState();
  for (const edit of state.snapshot()) copy.applyStored(edit);
  expect([...copy.topics.values()]).toEqual([next]);
  expect([...copy.doomed]).toEqual([topicDirectoryName(old), 'half-2']);
  expect([topicDirectoryName(old), 'half-2'].map((path) => copy.deleted.has(path))).toEqual([true, false]);
  copy.apply({ type: 'removed', paths: [topicDirectoryName(old)] });
  expect(copy.deleted.has(topicDirectoryName(old))).toBe(false);
  expect(copy.snapshot()).toEqual([
    { type: 'create', topic: next },
    { type: 'doom', paths: ['half-2'] },
  ]);
});
