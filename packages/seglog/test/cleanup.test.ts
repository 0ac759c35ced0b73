import { copyDirectory, VirtualClock } from '@seglog/testing';
import { expect, test } from 'vitest';
import {
  CLOCK,
  type CompactionStrategy,
  compactionModule,
  MemoryDirectory,
  memoryModule,
  openEngine,
  partModule,
  walModule,
} from '../src/index.js';

/** Lets virtual time pass. The clock does not keep the process awake, so something else has to. */
async function pass(clock: VirtualClock, ms: number): Promise<void> {
  const awake = setInterval(() => undefined, 1);
  await clock.sleep(ms);
  clearInterval(awake);
}

test('an engine cleans its topics by the clock, each as it says, else as the engine says', async () => {
  const clock = new VirtualClock();
  const engine = await openEngine({
    modules: [memoryModule(), partModule(CLOCK, clock), compactionModule({ intervalMs: 1000 })],
    settings: { retentionRecords: 1, defaultPartitions: 1, deleteDelayMs: 0 },
  });
  const engineSays = await engine.createTopic<number>('a');
  const topicSays = await engine.createTopic<number>('b', {
    cleanup: { retentionRecords: Number.POSITIVE_INFINITY },
  });
  const compacted = await engine.createTopic<number>('c', { cleanupPolicy: 'compact' });
  for (const topic of [engineSays, topicSays, compacted]) {
    for (const value of [1, 2, 3]) {
      await topic.append({ key: 'k', value });
      await (await topic.partition(0)).roll();
    }
  }
  await pass(clock, 1500);
  expect((await engineSays.offsets())[0]?.logStart).toBe(2);
  expect((await topicSays.read(0, 0)).records).toHaveLength(3);
  expect((await compacted.read(0, 0)).records.map(({ value }) => value)).toEqual([3]);
  await topicSays.configure({ cleanup: { retentionRecords: 'default' } });
  await pass(clock, 1500);
  expect((await topicSays.offsets())[0]?.logStart).toBe(2);
  await engine.close();
});

test('a topic that is deleted is not cleaned to the end first', async () => {
  const modules = [memoryModule(), compactionModule({ maxBytesPerSecond: 1 })];
  const engine = await openEngine({ modules });
  const topic = await engine.createTopic<number>('t', { cleanupPolicy: 'compact', partitions: 1 });
  await topic.append([1, 2, 3].map((value) => ({ key: 'k', value })));
  const compacted = engine.cleanup.compact('t');
  while (engine.cleanup.jobs()[0]?.readBytes === 0) await new Promise((resolve) => setImmediate(resolve));
  await engine.deleteTopic('t');
  await expect(compacted).rejects.toMatchObject({ name: 'AbortError' });
  await engine.close();
});

test('what is compacted stays so when a write-ahead log is replayed over it', async () => {
  const parent = new MemoryDirectory();
  const engine = await openEngine({ modules: [memoryModule(parent), walModule()] });
  const topic = await engine.createTopic<number>('t', { cleanupPolicy: 'compact', partitions: 1 });
  const shown = async (from: typeof topic): Promise<unknown[]> =>
    (await from.read(0, 0)).records.map(({ offset, key, value }) => [offset, key, value]);
  await topic.append([1, 2, 3, 4].map((value) => ({ key: `k${value % 2}`, value })));
  expect(await engine.cleanup.compact('t')).toBe(2);
  await topic.append({ key: 'k0', value: 5 });
  const before = await shown(topic);
  const killed = await copyDirectory(parent);
  await engine.close();
  for (const left of [killed, parent]) {
    const again = await openEngine({ modules: [memoryModule(left), walModule()] });
    const found = again.topic<number>('t');
    expect(await shown(found)).toEqual(before);
    expect(await again.cleanup.compact('t')).toBe(1);
    expect(await shown(found)).toEqual([before[0], before[2]]);
    await again.close();
  }
});

test('topics are compacted on demand, and an engine that reads changes nothing', async () => {
  const never: CompactionStrategy = { name: 'mine', choose: () => undefined };
  const modules = [memoryModule(new MemoryDirectory()), compactionModule({ strategy: never })];
  const engine = await openEngine({ modules });
  const topic = await engine.createTopic<number>('t', { cleanupPolicy: 'compact', partitions: 2 });
  await topic.append([1, 2, 3, 4, 5, 6].map((value) => ({ key: `k${value % 3}`, value })));
  await engine.cleanup.run();
  expect(await engine.cleanup.compact('t')).toBe(3);
  expect(await engine.cleanup.compactAll()).toEqual(new Map([['t', { recordsRemoved: 0 }]]));
  await topic.append({ key: 'k1', value: 7 });
  await engine.close();
  const reader = await openEngine({ modules, readOnly: true });
  await expect(reader.cleanup.compact('t')).rejects.toMatchObject({ code: 'READ_ONLY' });
  await reader.close();
});
