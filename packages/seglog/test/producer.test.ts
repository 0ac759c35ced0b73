import { expectCode, expectRangeError, FaultyDirectory, type SimulatedDisk } from '@seglog/testing';
import { describe, expect, test } from 'vitest';
import { MemoryDirectory, memoryModule, openEngine } from '../src/index.js';
import { leftBy, openAhead, openAheadOn, valuesOf } from './ahead-disk.js';

describe.each([true, false])('a producer, with a write-ahead log %s', (ahead) => {
  const open = (root: MemoryDirectory): ReturnType<typeof openEngine> =>
    ahead ? openAheadOn(root) : openEngine({ modules: [memoryModule(root)] });

  test('numbers its appends by itself, and repeats are duplicates with the original offsets', async () => {
    const engine = await open(new MemoryDirectory());
    await engine.createTopic('t', { partitions: 2 });
    const producer = await engine.producer('p');
    const first = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        producer.append('t', [{ value: i }, { value: -i }], { partition: i % 2 }),
      ),
    );
    expect(first.every((results) => results.every(({ duplicate }) => !duplicate))).toBe(true);
    const again = await producer.append('t', [{ value: 6 }, { value: -6 }], { partition: 0, sequence: 6 });
    expect(again).toEqual(first[6]?.map((result) => ({ ...result, duplicate: true })));
    expect(await valuesOf(engine, 't', 0)).toHaveLength(10);
    await engine.close();
  });

  test('is fenced by a newer one of its name, at once and for ever', async () => {
    const root = new MemoryDirectory();
    const engine = await open(root);
    await engine.createTopic('t', { partitions: 1 });
    const older = await engine.producer('p');
    await older.append('t', [{ value: 1 }]);
    const newer = await engine.producer('p');
    expect(newer.epoch).toBeGreaterThan(older.epoch);
    await expectCode('PRODUCER_FENCED', () => older.append('t', [{ value: 2 }]));
    await newer.append('t', [{ value: 3 }]);
    await engine.close();
    const later = await open(root);
    const resumed = await later.producer('p', { epoch: older.epoch });
    await expectCode('PRODUCER_FENCED', () => resumed.append('t', [{ value: 4 }], { sequence: 1 }));
    expect((await later.producer('p')).epoch).toBeGreaterThan(newer.epoch);
    expect(await valuesOf(later, 't', 0)).toEqual([1, 3]);
    await later.close();
  });

  test('goes on where an earlier session stopped, when it is told its epoch and numbers', async () => {
    const root = new MemoryDirectory();
    const engine = await open(root);
    await engine.createTopic('t', { partitions: 1 });
    const { epoch } = await engine.producer('p').then(async (producer) => {
      await producer.append('t', [{ value: 1 }]);
      await producer.append('t', [{ value: 2 }]);
      return producer;
    });
    await (await engine.log('t', 0)).roll();
    await (await engine.log('t', 0)).deleteRecordsBefore(1);
    await engine.close();
    const again = await open(root);
    const resumed = await again.producer('p', { epoch });
    expect(await resumed.append('t', [{ value: 2 }], { sequence: 1 })).toMatchObject([
      { offset: 1, duplicate: true },
    ]);
    expect(await resumed.append('t', [{ value: 3 }])).toMatchObject([{ offset: 2, duplicate: false }]);
    expect(await valuesOf(again, 't', 0)).toEqual([2, 3]);
    await again.close();
  });

  test('that nobody knows any more is told so, never believed', async () => {
    const engine = await open(new MemoryDirectory());
    await engine.createTopic('t', { partitions: 1 });
    const producer = await engine.producer('p');
    await expectCode('UNKNOWN_PRODUCER', () => producer.append('t', [{ value: 1 }], { sequence: 5 }));
    await producer.append('t', [{ value: 1 }]);
    await expectCode('OUT_OF_ORDER_SEQUENCE', () => producer.append('t', [{ value: 3 }], { sequence: 2 }));
    await producer.append('t', [{ value: 2 }]);
    expect(await valuesOf(engine, 't', 0)).toEqual([1, 2]);
    await engine.close();
  });

  test('refuses what cannot be numbered', async () => {
    const engine = await open(new MemoryDirectory());
    await engine.createTopic('t', { partitions: 2 });
    await expectRangeError(() => engine.producer(''));
    const producer = await engine.producer('p');
    const both = [
      { value: 1, partition: 0 },
      { value: 2, partition: 1 },
    ];
    await expectRangeError(() => producer.append('t', both, { sequence: 0 }));
    await expectRangeError(() => producer.append('t', [{ value: 1 }], { partition: 0, sequence: -1 }));
    expect(await producer.append('t', both)).toMatchObject([{ partition: 0 }, { partition: 1 }]);
    await engine.close();
  });
});

test('appends behind a refused one are refused too, and the next one takes its number', async () => {
  const faulty = new FaultyDirectory(new MemoryDirectory());
  const engine = await openAheadOn(faulty, { wal: { preallocateBytes: 0 } });
  await engine.createTopic('t', { partitions: 1 });
  const producer = await engine.producer('p');
  await producer.append('t', [{ value: 0 }]);
  faulty.faults.inject({ call: 'write', name: /^0{20}-/, code: 'STORAGE_FULL' });
  const refused = await Promise.allSettled([1, 2, 3].map((value) => producer.append('t', [{ value }])));
  expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  for (const value of [1, 2, 3]) await producer.append('t', [{ value }]);
  expect(await valuesOf(engine, 't', 0)).toEqual([0, 1, 2, 3]);
  await engine.close();
});

test('what a power cut left of a producer is known, though only the write-ahead log had it', async () => {
  let epoch = 0;
  const left = await leftBy(undefined, async (disk: SimulatedDisk) => {
    const engine = await openAhead(disk);
    await engine.createTopic('t', { partitions: 1 });
    const producer = await engine.producer('p');
    for (const value of [0, 1, 2]) await producer.append('t', [{ value }]);
    ({ epoch } = producer);
  });
  await left.run(async () => {
    const engine = await openAhead(left);
    expect(engine.replayReport?.applied).toBe(3);
    const producer = await engine.producer('p', { epoch });
    expect(await producer.append('t', [{ value: 2 }], { sequence: 2 })).toMatchObject([
      { offset: 2, duplicate: true },
    ]);
    expect(await producer.append('t', [{ value: 3 }])).toMatchObject([{ offset: 3 }]);
    await engine.close();
  });
});
