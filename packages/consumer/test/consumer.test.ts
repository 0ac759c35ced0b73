import { MemoryDirectory, type Topic } from '@seglog/core';
import { expect, test } from 'vitest';
import { Consumer, type ConsumerOptions, Cursors } from '../src/index.js';
import { openWorld } from './world.js';

async function started(partitions = 2, root = new MemoryDirectory()) {
  const world = await openWorld(root);
  const topic = await world.engine.getOrCreateTopic<number>('t', { partitions });
  const cursors = await Cursors.open(world.engine);
  const consumer = (options: Partial<ConsumerOptions> = {}): Consumer<string, number> =>
    new Consumer(topic, cursors, { group: 'g', ...options });
  const close = async (): Promise<void> => {
    await cursors.close();
    await world.close();
  };
  return { root, topic, cursors, consumer, close };
}

async function append(topic: Topic<string, number>, from: number, to: number): Promise<void> {
  for (let value = from; value < to; value += 1)
    await topic.append({ value, partition: value % topic.partitionCount });
}

/** Takes `count` records and leaves the loop with the last one in hand. */
async function take(consumer: Consumer<string, number>, count: number): Promise<(number | null)[]> {
  const values: (number | null)[] = [];
  for await (const { value } of consumer) {
    values.push(value);
    if (values.length === count) break;
  }
  return values;
}

test('every record comes at least once, in the order of its partition, and what was in hand comes again', async () => {
  const one = await started();
  await append(one.topic, 0, 10);
  const consumer = one.consumer();
  const first = await take(consumer, 6);
  await consumer.close();
  const second = await take(one.consumer(), 5);
  expect(second).toContain(first[5]);
  expect([...new Set([...first, ...second])].toSorted((a, b) => (a ?? 0) - (b ?? 0))).toEqual(
    Array.from({ length: 10 }, (_, i) => i),
  );
  const odd = first.filter((value) => (value ?? 0) % 2 === 1);
  expect(odd).toEqual(odd.toSorted((a, b) => (a ?? 0) - (b ?? 0)));
  await one.close();
});

test('a restart goes on after what was committed: never before it, never beyond', async () => {
  const one = await started(1);
  await append(one.topic, 0, 10);
  const consumer = one.consumer({ commitEvery: 3 });
  await take(consumer, 8);
  expect(one.cursors.committed('g', 't', 0)).toBe(6);
  await one.close();
  const again = await started(1, one.root);
  expect(await take(again.consumer(), 4)).toEqual([6, 7, 8, 9]);
  await again.close();
});

test('what was handled is committed when there is nothing to read, and lag is told', async () => {
  const one = await started(1);
  await append(one.topic, 0, 3);
  const consumer = one.consumer();
  expect(await consumer.stats()).toEqual([
    { partition: 0, position: 0, committed: undefined, highWatermark: 3, lag: 3 },
  ]);
  const taken = take(consumer, 4);
  while (one.cursors.committed('g', 't', 0) !== 3) await new Promise((resolve) => setTimeout(resolve, 1));
  expect((await consumer.stats())[0]).toMatchObject({ position: 3, lag: 0 });
  await append(one.topic, 3, 4);
  expect(await taken).toEqual([0, 1, 2, 3]);
  await one.close();
});

test('commit takes the record in hand with it', async () => {
  const one = await started(1);
  await append(one.topic, 0, 5);
  const consumer = one.consumer();
  for await (const { value } of consumer) {
    if (value !== 2) continue;
    await consumer.commit();
    break;
  }
  expect(one.cursors.committed('g', 't', 0)).toBe(3);
  expect(await take(one.consumer(), 2)).toEqual([3, 4]);
  await one.close();
});

test('a loop whose body fails leaves its record for the next one', async () => {
  const one = await started(1);
  await append(one.topic, 0, 3);
  const consumer = one.consumer({ commitEvery: 1 });
  const failing = async (): Promise<void> => {
    for await (const { value } of consumer) if (value === 1) throw new Error('not handled');
  };
  await expect(failing()).rejects.toThrow('not handled');
  expect(await take(consumer, 2)).toEqual([1, 2]);
  await one.close();
});

test('retention and truncation below a reader are jumps, not ends', async () => {
  const one = await started(1);
  await append(one.topic, 0, 6);
  await take(one.consumer({ commitEvery: 1 }), 2);
  const log = await one.topic.partition(0);
  await log.deleteRecordsBefore(4);
  expect(await take(one.consumer({ commitEvery: 1 }), 2)).toEqual([4, 5]);
  await one.cursors.commit('g', 't', 0, 6);
  await log.truncateAfter(4);
  const taken = take(one.consumer(), 1);
  while (one.cursors.committed('g', 't', 0) !== 5) await new Promise((resolve) => setTimeout(resolve, 1));
  await append(one.topic, 7, 8);
  expect(await taken).toEqual([7]);
  await one.close();
});

test('a consumer that begins at the latest sees what comes from then on', async () => {
  const one = await started(1);
  await append(one.topic, 0, 3);
  const taken = take(one.consumer({ from: 'latest' }), 1);
  while (one.cursors.committed('g', 't', 0) !== 3) await new Promise((resolve) => setTimeout(resolve, 1));
  await append(one.topic, 3, 4);
  expect(await taken).toEqual([3]);
  await one.close();
});

test('closing ends a loop that waits, aborting rejects it, and one loop is enough', async () => {
  const one = await started();
  const consumer = one.consumer();
  const waiting = take(consumer, 1);
  await new Promise((resolve) => setImmediate(resolve));
  await expect(take(consumer, 1)).rejects.toThrow('one loop');
  await consumer.close();
  expect(await waiting).toEqual([]);
  const abort = new AbortController();
  const aborted = take(one.consumer({ signal: abort.signal }), 1);
  await new Promise((resolve) => setImmediate(resolve));
  abort.abort(new Error('enough'));
  await expect(aborted).rejects.toThrow('enough');
  await one.close();
});
