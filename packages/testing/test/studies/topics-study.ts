import { crc32 } from 'node:zlib';
import {
  byKey,
  type Checksum,
  json,
  type OpenPartition,
  type PartitionLog,
  string,
  type TopicFacts,
  TopicManager,
} from '@seglog/core';
import { expect } from 'vitest';
import { type CrashStudy, type Oracle, readFile, type SimulatedDisk } from '../../src/index.js';

const checksum: Checksum = {
  id: 2,
  name: 'crc32',
  of: (source, start, end, seed) => (start === end ? seed : crc32(source.subarray(start, end), seed)),
};

/** A log that is nothing but a file which says whose it is: what is studied is the life of topics. */
const openPartition: OpenPartition = async (directory, { create, topicId, partition }) => {
  const owner = `${topicId}/${partition}`;
  if (create) {
    const file = await directory.create('OWNER');
    await file.write(0, [Buffer.from(owner)]);
    await file.sync();
    await file.close();
    await directory.sync();
  }
  expect(Buffer.from(await readFile(directory, 'OWNER')).toString()).toBe(owner);
  const log: Partial<PartitionLog> = { close: async () => undefined };
  return log as PartitionLog;
};

interface Opened {
  readonly disk: SimulatedDisk;
  readonly manager: TopicManager;
}

async function openOn(disk: SimulatedDisk): Promise<Opened> {
  const parts = {
    openPartition,
    formats: [{ kind: 'codec', id: 1, name: 'batch', writes: true }] as const,
    clock: disk.clock,
    random: disk.random,
    checksum,
    observer: { observe: () => undefined },
    serdes: [string(), json()],
    partitioner: byKey({ random: disk.random }),
  };
  return { disk, manager: await TopicManager.open(disk.root, parts) };
}

/** Names with partition counts and cleanup policies, before (`asked`) and after (`told`) a call; ids of topics as far as they were told. */
interface Fact {
  readonly phase: 'asked' | 'told';
  readonly topics: Readonly<Record<string, string>>;
  readonly ids: Readonly<Record<string, string>>;
}

async function workload(disk: SimulatedDisk, oracle: Oracle<Fact>): Promise<void> {
  const { manager } = await openOn(disk);
  let topics: Readonly<Record<string, string>> = {};
  let ids: Readonly<Record<string, string>> = {};
  const step = async (
    next: Readonly<Record<string, string>>,
    call: () => Promise<unknown>,
  ): Promise<void> => {
    oracle.note({ phase: 'asked', topics: next, ids });
    await call();
    topics = next;
    ids = Object.fromEntries(manager.topics().map(({ name, id }) => [name, id]));
    oracle.note({ phase: 'told', topics, ids });
  };
  await step({ a: '2 delete' }, () => manager.createTopic('a', { partitions: 2 }));
  await step({ a: '2 delete', b: '1 delete' }, () => manager.createTopic('b', { partitions: 1 }));
  await step({ a: '2 compact', b: '1 delete' }, () =>
    manager.configureTopic('a', { cleanupPolicy: 'compact', cleanup: { retentionMs: 5 } }),
  );
  await step({ a: '4 compact', b: '1 delete' }, () => manager.addPartitions('a', 4));
  await step({ a: '4 compact' }, () => manager.deleteTopic('b'));
  await step({ a: '4 compact', b: '2 delete' }, () => manager.createTopic('b', { partitions: 2 }));
  await step({ b: '2 delete' }, () => manager.deleteTopic('a'));
  await manager.close();
}

function factOf({ name, partitions, config }: TopicFacts): [string, string] {
  const { cleanupPolicy, cleanup } = config;
  expect(cleanup).toEqual(cleanupPolicy === 'compact' ? { retentionMs: 5 } : {});
  return [name, `${partitions} ${cleanupPolicy}`];
}

function expectAllowed(manager: TopicManager, facts: readonly Fact[]): void {
  const told = facts.findLastIndex(({ phase }) => phase === 'told');
  const allowed = [
    told === -1 ? {} : facts[told]?.topics,
    ...facts.slice(told + 1).map(({ topics }) => topics),
  ];
  const found = manager.topics();
  expect(allowed).toContainEqual(Object.fromEntries(found.map(factOf)));
  expect(found.flatMap(({ failures }) => [...failures.values()])).toEqual([]);
  const ids = facts[told]?.ids ?? {};
  for (const { name, id } of found) if (ids[name] !== undefined) expect(id).toBe(ids[name]);
}

/** Every partition of every topic can be opened, and nothing else lies below `topics/` for long. */
async function expectWhole(disk: SimulatedDisk, manager: TopicManager): Promise<void> {
  for (const { name, partitions } of manager.topics()) {
    for (let partition = 0; partition < partitions; partition += 1) await manager.log(name, partition);
  }
  expect(manager.strays).toEqual([]);
  const topics = await disk.root.directory('topics', { create: false });
  expect(await topics.list()).toHaveLength(manager.topics().length);
}

export const TOPICS_STUDY: CrashStudy<Opened, Fact> = {
  name: 'topics',
  workload,
  open: openOn,
  async check({ disk, manager }, { facts }) {
    expectAllowed(manager, facts);
    await expectWhole(disk, manager);
    const before = manager.topics().map(({ name, id, partitions }) => [name, id, partitions]);
    for (const { name, partitions } of manager.topics()) await manager.addPartitions(name, partitions + 1);
    await manager.createTopic('new', { partitions: 1 });
    const { manager: again } = await openOn(disk);
    expect(again.topics()).toHaveLength(before.length + 1);
    await expectWhole(disk, again);
    return JSON.stringify(before);
  },
};
