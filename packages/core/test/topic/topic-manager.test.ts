import { describe, expect, test } from 'vitest';
import { bytes, MemoryDirectory, SeglogError, string } from '../../src/index.js';
import { snapshot } from '../journal/parts.js';
import { copyTree, world } from './world.js';

async function topicDirectories(root: MemoryDirectory): Promise<readonly string[]> {
  const topics = await root.directory('topics', { create: false });
  return (await topics.list()).map(({ name }) => name).toSorted();
}

describe('TopicManager', () => {
  test('keeps names, ids, partition counts, configuration and creation times over reopens', async () => {
    const one = await world();
    const created = await one.manager.createTopic('orders', {
      partitions: 2,
      key: bytes(),
      value: string(),
      cleanupPolicy: 'compact,delete',
      settings: { maxSegmentBytes: 8192 },
    });
    await one.manager.createTopic('others');
    const before = one.manager.topics();
    expect(before.map(({ name, partitions }) => [name, partitions])).toEqual([
      ['orders', 2],
      ['others', 3],
    ]);
    await (await one.reopen()).createTopic('third');
    expect((await one.reopen()).topics().slice(0, 2)).toEqual(before);
    expect(one.manager.topic('orders')).toMatchObject({ id: created.id, createdAtMs: created.createdAtMs });
    expect(one.manager.topic('orders').config).toEqual({
      cleanup: {},
      cleanupPolicy: 'compact,delete',
      keySerde: 'bytes',
      valueSerde: 'string',
      settings: { maxSegmentBytes: 8192 },
    });
  });

  test('opens no partition before it is used, and each of them once', async () => {
    const one = await world();
    await one.manager.createTopic('idle', { partitions: 4 });
    one.logs.opened.length = 0;
    const topic = (await one.reopen()).topic('idle');
    expect(one.logs.opened).toEqual([]);
    await Promise.all(Array.from({ length: 10 }, () => topic.append({ value: 1, partition: 2 })));
    expect(one.logs.opened).toEqual(['idle/2']);
  });

  test('refuses names that could touch anything outside, before anything is written', async () => {
    const one = await world();
    const before = await snapshot(one.root);
    for (const name of ['', '.', '..', '../escaped', 'a/b', 'nul\0', '.hidden', 'ä', 'x'.repeat(250)]) {
      await expect(one.manager.createTopic(name)).rejects.toMatchObject({ code: 'INVALID_TOPIC' });
      await expect(one.manager.getOrCreateTopic(name)).rejects.toMatchObject({ code: 'INVALID_TOPIC' });
    }
    expect(await topicDirectories(one.root)).toEqual([]);
    expect(await snapshot(one.root)).toEqual(before);
  });

  test('names that collide with internal ones, or are very long, are names like any other', async () => {
    const one = await world();
    for (const name of ['wal', 'catalog', 'topics', 'x'.repeat(249)]) {
      const topic = await one.manager.createTopic(name, { partitions: 1 });
      await topic.append({ value: name });
      expect((await topic.read(0, 0)).records).toMatchObject([{ value: name }]);
    }
    expect((await one.reopen()).topics()).toHaveLength(4);
  });

  test('refuses a second topic of the name, and one that differs only in case', async () => {
    const one = await world();
    await one.manager.createTopic('Flights');
    await expect(one.manager.createTopic('Flights')).rejects.toMatchObject({ code: 'TOPIC_EXISTS' });
    await expect(one.manager.createTopic('flights')).rejects.toMatchObject({ code: 'INVALID_TOPIC' });
    await expect(one.manager.getOrCreateTopic('FLIGHTS')).rejects.toMatchObject({ code: 'INVALID_TOPIC' });
    const both = await Promise.allSettled([one.manager.createTopic('New'), one.manager.createTopic('new')]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  test.each([0, -1, 1.5, Number.NaN, 10_001])('refuses %d partitions', async (partitions) => {
    const one = await world();
    await expect(one.manager.createTopic('t', { partitions })).rejects.toBeInstanceOf(RangeError);
    expect(one.manager.topics()).toEqual([]);
  });

  test('of many concurrent getOrCreateTopic calls one makes the topic, and all get it', async () => {
    const one = await world();
    const topics = await Promise.all(
      Array.from({ length: 20 }, () => one.manager.getOrCreateTopic('shared')),
    );
    expect(new Set(topics.map(({ id }) => id)).size).toBe(1);
    expect(one.events.filter(({ type }) => type === 'topic-created')).toHaveLength(1);
    expect(await topicDirectories(one.root)).toHaveLength(1);
  });

  test('one slow creation does not hold up another topic', async () => {
    const one = await world();
    const gate = new EventTarget();
    const held = new Promise<void>((resolve) => {
      gate.addEventListener('open', () => resolve());
    });
    one.logs.before = (name) => (name.startsWith('slow') ? held : undefined);
    const slow = one.manager.createTopic('slow');
    const quick = await one.manager.createTopic('quick');
    await quick.append({ value: 1 });
    expect(one.manager.topics().map(({ name }) => name)).toEqual(['quick']);
    gate.dispatchEvent(new Event('open'));
    await slow;
    expect(one.manager.topics().map(({ name }) => name)).toEqual(['quick', 'slow']);
  });

  test('a topic made again under a name has nothing of the deleted one', async () => {
    const one = await world();
    const first = await one.manager.createTopic('again', { partitions: 1 });
    await first.append({ value: 'old' });
    await one.manager.deleteTopic('again');
    await expect(first.append({ value: 'late' })).rejects.toMatchObject({ code: 'TOPIC_NOT_FOUND' });
    const second = await one.manager.createTopic('again', { partitions: 1 });
    expect(second.id).not.toBe(first.id);
    expect((await second.read(0, 0)).records).toEqual([]);
    await expect(first.append({ value: 'late' })).rejects.toMatchObject({ code: 'TOPIC_NOT_FOUND' });
    const third = (await one.reopen()).topic('again');
    expect((await third.read(0, 0)).records).toEqual([]);
    expect(await topicDirectories(one.root)).toEqual([`again-${second.id}`]);
  });

  test('a deleted topic stays deleted after a kill, and its files go at the next open', async () => {
    const one = await world();
    const topic = await one.manager.createTopic('gone');
    const topics = await one.root.directory('topics', { create: false });
    await one.manager.deleteTopic('gone');
    const killed = await copyTree(one.root);
    await (await killed.directory('topics', { create: true })).directory(`gone-${topic.id}`, {
      create: true,
    });
    expect((await topics.list()).length).toBeLessThanOrEqual(1);
    const two = await world(killed);
    expect(two.manager.topics()).toEqual([]);
    await expect(two.manager.deleteTopic('gone')).rejects.toMatchObject({ code: 'TOPIC_NOT_FOUND' });
    expect(await topicDirectories(killed)).toEqual([]);
  });

  test('a creation that fails leaves nothing, and the name free', async () => {
    const one = await world();
    one.logs.before = (name) => {
      if (name === 'broken/2') throw new SeglogError('STORAGE_FULL', 'no space');
    };
    await expect(one.manager.createTopic('broken')).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    expect(one.manager.topics()).toEqual([]);
    expect(await topicDirectories(one.root)).toEqual([]);
    one.logs.before = () => undefined;
    await one.manager.createTopic('broken');
    expect((await one.reopen()).topics()).toHaveLength(1);
  });

  test('leftovers of a creation that was killed are removed at the next open, strangers stay', async () => {
    const one = await world();
    await one.manager.createTopic('kept');
    let killed = new MemoryDirectory();
    one.logs.before = async (name) => {
      if (name === 'half/1') killed = await copyTree(one.root);
    };
    await one.manager.createTopic('half');
    await (await killed.directory('topics', { create: true })).directory('not-ours', { create: true });
    expect((await topicDirectories(killed)).filter((name) => name.startsWith('half-'))).toHaveLength(1);
    const two = await world(killed);
    expect(two.manager.topics().map(({ name }) => name)).toEqual(['kept']);
    expect(two.manager.strays).toEqual(['not-ours']);
    expect((await topicDirectories(killed)).filter((name) => name.startsWith('half-'))).toEqual([]);
    await two.manager.createTopic('half');
  });

  test('a topic whose files cannot be opened is kept, reported, and says why at each use', async () => {
    const one = await world();
    await one.manager.createTopic('good', { partitions: 1 });
    const bad = await one.manager.createTopic('bad', { partitions: 2 });
    await one.manager.close();
    const topics = await one.root.directory('topics', { create: false });
    const home = await topics.directory(`bad-${bad.id}`, { create: false });
    await home.remove('1');
    const two = await world(one.root);
    const topic = two.manager.topic('bad');
    await topic.append({ value: 1, partition: 0 });
    await expect(topic.append({ value: 1, partition: 1 })).rejects.toMatchObject({
      code: 'TOPIC_OFFLINE',
      cause: { code: 'STORAGE' },
    });
    await two.manager.createTopic('another');
    await two.manager.close();
    await topics.remove(`bad-${bad.id}`);
    await two.reopen();
    const listed = two.manager.topics().find(({ name }) => name === 'bad');
    expect([...(listed?.failures.values() ?? [])]).toMatchObject([{ code: 'STORAGE' }]);
    await expect(two.manager.topic('bad').append({ value: 1 })).rejects.toMatchObject({
      code: 'TOPIC_OFFLINE',
    });
    await expect(two.manager.createTopic('bad')).rejects.toMatchObject({ code: 'TOPIC_EXISTS' });
    expect(two.events.filter(({ type }) => type === 'topic-offline').length).toBeGreaterThan(0);
    expect((await two.reopen()).topics().map(({ name }) => name)).toEqual(['another', 'bad', 'good']);
  });

  test('a catalog that is lost while topics are there is never an empty one', async () => {
    const one = await world();
    await one.manager.createTopic('kept');
    await one.manager.close();
    await one.root.remove('catalog');
    await expect(world(one.root)).rejects.toMatchObject({ code: 'CORRUPT_METADATA' });
    await expect(world(one.root)).rejects.toMatchObject({ code: 'CORRUPT_METADATA' });
  });

  test('concurrent addPartitions add each partition once, and only grow', async () => {
    const one = await world();
    const topic = await one.manager.createTopic('wide', { partitions: 3 });
    const added = await Promise.all([5, 5, 5, 5].map((total) => topic.addPartitions(total)));
    expect(added).toEqual([2, 0, 0, 0]);
    expect(topic.partitionCount).toBe(5);
    expect(one.logs.opened.filter((name) => name === 'wide/4')).toHaveLength(1);
    await expect(topic.addPartitions(4)).rejects.toBeInstanceOf(RangeError);
    await topic.append({ value: 'x', partition: 4 });
    const again = (await one.reopen()).topic('wide');
    expect((await again.read(4, 0)).records).toMatchObject([{ value: 'x' }]);
    await expect(again.read(5, 0)).rejects.toMatchObject({ code: 'PARTITION_NOT_FOUND' });
  });

  test('partitions whose addition was killed are made anew', async () => {
    const one = await world();
    const topic = await one.manager.createTopic('wide', { partitions: 1 });
    let killed = new MemoryDirectory();
    one.logs.before = async (name) => {
      if (name === 'wide/2') killed = await copyTree(one.root);
    };
    await topic.addPartitions(4);
    const two = await world(killed);
    expect(two.manager.topic('wide').partitionCount).toBe(1);
    expect(await two.manager.topic('wide').addPartitions(3)).toBe(2);
    expect((await two.reopen()).topic('wide').partitionCount).toBe(3);
  });

  test('an addition that fails leaves the topic as it was, and can be tried again', async () => {
    const one = await world();
    const topic = await one.manager.createTopic('wide', { partitions: 1 });
    one.logs.before = (name) => {
      if (name === 'wide/2') throw new SeglogError('STORAGE_FULL', 'no space');
    };
    await expect(topic.addPartitions(3)).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    expect(topic.partitionCount).toBe(1);
    one.logs.before = () => undefined;
    expect(await topic.addPartitions(3)).toBe(2);
    await topic.append({ value: 1, partition: 2 });
  });

  test('read-only shows the topics, reads them, and refuses every change', async () => {
    const one = await world();
    await (await one.manager.createTopic('seen', { partitions: 1 })).append({ value: 'there' });
    await one.reopen({ readOnly: true });
    expect((await one.manager.topic('seen').read(0, 0)).records).toMatchObject([{ value: 'there' }]);
    expect(await one.manager.getOrCreateTopic('seen')).toMatchObject({ name: 'seen' });
    await expect(one.manager.createTopic('new')).rejects.toMatchObject({ code: 'READ_ONLY' });
    await expect(one.manager.deleteTopic('seen')).rejects.toMatchObject({ code: 'READ_ONLY' });
    await expect(one.manager.addPartitions('seen', 9)).rejects.toMatchObject({ code: 'READ_ONLY' });
    const empty = new MemoryDirectory();
    const two = await world(empty, { readOnly: true });
    expect(two.manager.topics()).toEqual([]);
    await two.manager.close();
    expect(await empty.list()).toEqual([]);
  });

  test('close settles what is under way, closes every log once, and refuses what comes later', async () => {
    const one = await world();
    const topic = await one.manager.createTopic('busy');
    const late = one.manager.createTopic('late');
    await topic.append([{ value: 1 }, { value: 2, partition: 1 }]);
    await Promise.all([one.manager.close(), one.manager.close()]);
    await late;
    expect([...one.logs.logs.keys()].filter((name) => one.logs.isOpen(name))).toEqual([]);
    expect(() => one.manager.topics()).toThrow('closed');
    await expect(one.manager.createTopic('more')).rejects.toMatchObject({ code: 'LOG_CLOSED' });
    await expect(topic.append({ value: 3 })).rejects.toMatchObject({ code: 'LOG_CLOSED' });
    await one.reopen();
    expect(one.manager.topics().map(({ name }) => name)).toEqual(['busy', 'late']);
  });

  test('sync reaches every open partition of every topic', async () => {
    const one = await world();
    const topics = await Promise.all(
      ['a', 'b'].map((name) => one.manager.createTopic(name, { partitions: 2 })),
    );
    for (const topic of topics) await topic.append({ value: 1, partition: 1 });
    expect(['a/1', 'b/1'].map((name) => one.logs.unsynced(name))).toEqual([1, 1]);
    await topics[0]?.sync();
    expect(['a/1', 'b/1'].map((name) => one.logs.unsynced(name))).toEqual([0, 1]);
    await one.manager.sync();
    expect(['a/1', 'b/1'].map((name) => one.logs.unsynced(name))).toEqual([0, 0]);
  });
});
