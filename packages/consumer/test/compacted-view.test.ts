import { bytes, MemoryDirectory } from '@seglog/core';
import { expect, test } from 'vitest';
import { compactedView } from '../src/index.js';
import { openWorld } from './world.js';

test('a view shows the latest value of each key, follows the log, and is there again after a restart', async () => {
  const root = new MemoryDirectory();
  const world = await openWorld(root);
  const topic = await world.engine.createTopic<number>('t', { cleanupPolicy: 'compact', partitions: 2 });
  for (const [key, value] of [
    ['a', 1],
    ['b', 2],
    ['a', 3],
    ['c', 4],
  ] as const)
    await topic.append({ key, value });
  await topic.append({ key: 'b', value: null });
  const view = await compactedView(topic);
  expect(new Map(view)).toEqual(
    new Map([
      ['a', 3],
      ['c', 4],
    ]),
  );
  const { partition, offset } = await topic.append({ key: 'd', value: 5 });
  await view.reached(partition, offset);
  expect([view.get('d'), view.has('d'), view.has('b'), view.size]).toEqual([5, true, false, 3]);
  expect([...view.keys()].toSorted()).toEqual(['a', 'c', 'd']);
  expect(new Set(view.values())).toEqual(new Set([3, 4, 5]));
  const visited: string[] = [];
  view.forEach((value, key) => {
    visited.push(`${key}${value}`);
  });
  expect(visited.toSorted()).toEqual(['a3', 'c4', 'd5']);
  const never = view.reached(partition, 1000);
  await view.close();
  await expect(never).rejects.toMatchObject({ code: 'LOG_CLOSED' });
  await world.close();
  const again = await openWorld(root);
  const rebuilt = await compactedView(again.engine.topic<number>('t'));
  expect(new Map(rebuilt)).toEqual(
    new Map([
      ['a', 3],
      ['c', 4],
      ['d', 5],
    ]),
  );
  await again.close();
  await expect(rebuilt.reached(0, 1000)).rejects.toMatchObject({ code: 'LOG_CLOSED' });
  await rebuilt.close();
});

test('a tombstone at the very end that compaction took is not waited for', async () => {
  const world = await openWorld();
  const topic = await world.engine.createTopic<number>('t', { partitions: 1 });
  await topic.append([
    { key: 'a', value: 1 },
    { key: 'b', value: null },
  ]);
  const log = await world.engine.log('t', 0);
  await log.roll();
  await log.maintenance.rewrite(log.maintenance.segments().slice(0, 1), ({ offset }) => offset === 0);
  const view = await compactedView(topic);
  expect([...view]).toEqual([['a', 1]]);
  await view.close();
  await world.close();
});

test('what a truncation or retention took is not shown, and what comes then is', async () => {
  const world = await openWorld();
  const topic = await world.engine.createTopic<number>('t', { partitions: 1 });
  await topic.append([1, 2, 3].map((value) => ({ key: `k${value}`, value })));
  const view = await compactedView(topic);
  const log = await topic.partition(0);
  await log.truncateAfter(0);
  await topic.append([7, 8, 9].map((value) => ({ key: `k${value}`, value })));
  await view.reached(0, 3);
  expect([...view.keys()]).toEqual(['k1', 'k7', 'k8', 'k9']);
  await view.close();
  await world.close();
});

test('keys of bytes are told apart by content, and others as the caller says', async () => {
  const world = await openWorld();
  const topic = await world.engine.createTopic('t', { key: bytes(), value: bytes(), partitions: 1 });
  await topic.append({ key: Uint8Array.of(1, 2), value: Uint8Array.of(1) });
  await topic.append({ key: Uint8Array.of(1, 2), value: Uint8Array.of(2) });
  const view = await compactedView(topic);
  const coarse = await compactedView(topic, { keyOf: (key) => key.length });
  expect([view.size, view.get(Uint8Array.of(1, 2))]).toEqual([1, Uint8Array.of(2)]);
  expect(coarse.has(Uint8Array.of(9, 9))).toBe(true);
  await Promise.all([view.close(), coarse.close()]);
  await world.close();
});

test('an option that is misspelt is refused, and nothing is opened', async () => {
  const world = await openWorld(new MemoryDirectory());
  const topic = await world.engine.createTopic('t', { partitions: 1 });
  const misspelt: object = { keyof: String };
  await expect(compactedView(topic, misspelt)).rejects.toThrow('there is no option keyof; there are keyOf');
  await world.close();
});
