import { MemoryDirectory, SeglogError } from '@seglog/core';
import { expect, test } from 'vitest';
import { CURSOR_TOPIC, Cursors } from '../src/index.js';
import { openWorld } from './world.js';

async function started(root = new MemoryDirectory()) {
  const world = await openWorld(root);
  const topic = await world.engine.getOrCreateTopic<number>('t', { partitions: 2 });
  return { root, world, topic, engine: world.engine, cursors: await Cursors.open(world.engine) };
}

const append = async ({ topic }: Awaited<ReturnType<typeof started>>, count: number): Promise<void> => {
  for (let i = 0; i < count; i += 1) await topic.append({ value: i, partition: 0, timestampMs: 1000 + i });
};

const codeOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'done',
    (error: unknown) => (SeglogError.is(error) ? error.code : (error as Error).name),
  );

test('what was committed is there after a restart, and seen by everybody on the engine', async () => {
  const one = await started();
  await append(one, 5);
  const other = await Cursors.open(one.engine);
  expect(one.cursors.committed('g', 't', 0)).toBeUndefined();
  await one.cursors.commit('g', 't', 0, 3);
  await one.cursors.commit('h', 't', 0, 5);
  expect(one.cursors.committed('g', 't', 0)).toBe(3);
  await one.cursors.commit('g', 't', 0, 2);
  await one.cursors.close();
  await other.close();
  await one.world.close();
  const again = await started(one.root);
  expect(again.cursors.committed('g', 't', 0)).toBe(2);
  expect(again.cursors.list()).toEqual([
    { group: 'g', topic: 't', partition: 0, offset: 2 },
    { group: 'h', topic: 't', partition: 0, offset: 5 },
  ]);
  expect(again.cursors.list('h')).toHaveLength(1);
  expect([again.cursors.lowest('t', 0), again.cursors.lowest('t', 1)]).toEqual([2, undefined]);
  expect(await again.cursors.forget('g')).toBe(1);
  expect(again.cursors.lowest('t', 0)).toBe(5);
  await again.cursors.close();
  await again.world.close();
});

test('commits that are under way at once are carried out in the order of the calls', async () => {
  const one = await started();
  await append(one, 50);
  await Promise.all(Array.from({ length: 50 }, (_, i) => one.cursors.commit('g', 't', 0, 50 - i)));
  expect(one.cursors.committed('g', 't', 0)).toBe(1);
  await one.cursors.close();
  await one.world.close();
});

test('a cursor is reset to the earliest record, the latest, or a time', async () => {
  const one = await started();
  await append(one, 5);
  await (await one.topic.partition(0)).deleteRecordsBefore(1);
  expect(await one.cursors.reset('g', 't', 0, 'latest')).toBe(5);
  expect(await one.cursors.reset('g', 't', 0, 'earliest')).toBe(1);
  expect(await one.cursors.reset('g', 't', 0, { timestampMs: 1003 })).toBe(3);
  expect(await one.cursors.reset('g', 't', 0, { timestampMs: 5000 })).toBe(5);
  expect(one.cursors.committed('g', 't', 0)).toBe(5);
  await one.cursors.close();
  await one.world.close();
});

test('what cannot be is refused, and the cursor stays', async () => {
  const one = await started();
  await append(one, 2);
  await one.cursors.commit('g', 't', 0, 1);
  const { cursors } = one;
  expect(await codeOf(cursors.commit('g', 't', 0, 3))).toBe('OFFSET_OUT_OF_RANGE');
  expect(await codeOf(cursors.commit('g', 'none', 0, 0))).toBe('TOPIC_NOT_FOUND');
  expect(await codeOf(cursors.commit('g', 't', 2, 0))).toBe('PARTITION_NOT_FOUND');
  expect(await codeOf(cursors.commit('g', 't', 0, -1))).toBe('RangeError');
  expect(await codeOf(cursors.commit('', 't', 0, 0))).toBe('RangeError');
  expect(cursors.committed('g', 't', 0)).toBe(1);
  await cursors.close();
  await one.world.close();
});

test('a topic that is made again under a name begins without cursors', async () => {
  const one = await started();
  await append(one, 2);
  await one.cursors.commit('g', 't', 0, 2);
  await one.engine.deleteTopic('t');
  expect(one.cursors.list()).toEqual([]);
  expect(() => one.cursors.committed('g', 't', 0)).toThrow('there is no topic');
  await one.engine.createTopic('t');
  expect(one.cursors.committed('g', 't', 0)).toBeUndefined();
  expect(one.engine.topic(CURSOR_TOPIC).config.cleanupPolicy).toBe('compact');
  await one.cursors.close();
  await one.world.close();
});
