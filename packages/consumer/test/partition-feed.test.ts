import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { PartitionFeed, ReadyLine } from '../src/partition-feed.js';

const nothing = (): AsyncIterable<never> => ({
  [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true, value: undefined }) }),
});

test('who waits again and again leaves no listener behind', async () => {
  const { signal } = new AbortController();
  const line = new ReadyLine<number>();
  for (let i = 0; i < 5; i += 1) {
    const next = line.next(signal);
    line.add(i);
    expect(await next).toBe(i);
  }
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('a feed that was stopped leaves no listener behind, and one that is aborted is at its end', async () => {
  const control = new AbortController();
  const { signal } = control;
  const line = new ReadyLine<PartitionFeed<string, number>>();
  const parts = { line, signal, start: 0, end: () => 0, open: nothing, startAgain: () => undefined };
  await new PartitionFeed(parts).stop();
  expect(getEventListeners(signal, 'abort')).toEqual([]);
  const waiting = new ReadyLine<number>().next(signal);
  control.abort();
  expect(await waiting).toBeUndefined();
});
