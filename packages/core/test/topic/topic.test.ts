import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytes, json, SeglogError, type Serde, string } from '../../src/index.js';
import { world } from './world.js';

const numbers: Serde<number> = {
  name: 'numbers',
  serialize: (value) => new TextEncoder().encode(String(value)),
  deserialize: (stored) => Number(new TextDecoder().decode(stored)),
};

describe('Topic', () => {
  test('gives typed records back as they were appended', async () => {
    const { manager } = await world();
    const topic = await manager.createTopic('flights', { key: string(), value: json<{ delay: number }>() });
    const result = await topic.append({ key: 'SEA', value: { delay: 3 }, partition: 1 });
    expect(result).toEqual({ partition: 1, offset: 0, durability: 'written', duplicate: false });
    await topic.append([
      { value: null, partition: 1 },
      { key: null, value: { delay: 0 }, partition: 1 },
    ]);
    const { records, nextOffset } = await topic.read(1, 0);
    expect(records.map(({ partition, offset, key, value }) => [partition, offset, key, value])).toEqual([
      [1, 0, 'SEA', { delay: 3 }],
      [1, 1, null, null],
      [1, 2, null, { delay: 0 }],
    ]);
    expect(nextOffset).toBe(3);
    const tailed: unknown[] = [];
    for await (const { offset, key } of topic.tail(1, 'earliest')) {
      tailed.push([offset, key]);
      if (tailed.length === 3) break;
    }
    expect(tailed).toEqual([
      [0, 'SEA'],
      [1, null],
      [2, null],
    ]);
  });

  test('without serdes takes string keys and any JSON', async () => {
    const { manager } = await world();
    const orders = await manager.createTopic<{ total: number }>('orders');
    const { partition } = await orders.append({ key: 'o-1', value: { total: 12 } });
    expect((await orders.read(partition, 0)).records).toMatchObject([{ key: 'o-1', value: { total: 12 } }]);
  });

  test('says beforehand where the records of a key go', async () => {
    const { manager } = await world();
    const topic = await manager.createTopic('orders', {
      partitions: 7,
      key: string(),
      value: json<number>(),
    });
    for (const key of ['a', 'b', 'o-17', 'x'.repeat(100)]) {
      const expected = topic.partitionFor(key);
      expect((await topic.append({ key, value: 1 })).partition).toBe(expected);
    }
  });

  test('splits an array by partition and answers in its order, for any records', async () => {
    const record = fc.record({ key: fc.string({ minLength: 1 }), value: fc.nat() });
    await fc.assert(
      fc.asyncProperty(fc.array(record, { maxLength: 30 }), async (records) => {
        const { manager } = await world();
        const topic = await manager.createTopic('t', { key: string(), value: json<number>() });
        const results = await topic.append(records);
        expect(results).toHaveLength(records.length);
        const next = [0, 0, 0];
        for (const [index, { partition, offset }] of results.entries()) {
          expect(offset).toBe(next[partition]);
          next[partition] = offset + 1;
          const stored = (await topic.read(partition, 0)).records[offset];
          expect(stored).toMatchObject(records[index] ?? {});
        }
        expect((await topic.offsets()).map(({ logEnd }) => logEnd)).toEqual(next);
      }),
      { numRuns: 30 },
    );
  });

  test('keeps the order of calls that are not awaited, whether the partition is open or not', async () => {
    const one = await world();
    await one.manager.createTopic('ordered', { partitions: 1, value: json<number>() });
    const topic = (await one.reopen()).topic<number>('ordered');
    const calls = [topic.append({ value: 0 }), topic.append([{ value: 1 }, { value: 2 }])];
    await Promise.resolve();
    calls.push(topic.append({ value: 3 }));
    await calls[0];
    calls.push(topic.append([{ value: 4 }]), topic.append({ value: 5 }));
    await Promise.all(calls);
    expect((await topic.read(0, 0)).records.map(({ value }) => value)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('a topic that compacts refuses a record without a key, and writes none of the others', async () => {
    const { manager } = await world();
    const topic = await manager.createTopic('compacted', { cleanupPolicy: 'compact' });
    await expect(topic.append([{ key: 'a', value: 1 }, { value: 2 }])).rejects.toMatchObject({
      code: 'INVALID_RECORD',
    });
    await expect(topic.append({ key: null, value: 2 })).rejects.toMatchObject({ code: 'INVALID_RECORD' });
    expect((await topic.offsets()).map(({ logEnd }) => logEnd)).toEqual([0, 0, 0]);
    await topic.append({ key: 'a', value: null });
    const keyed = await manager.createTopic('keyed', { settings: { requireKeys: true } });
    await expect(keyed.append({ value: 2 })).rejects.toMatchObject({ code: 'INVALID_RECORD' });
  });

  test('what cannot be appended is refused before anything is written', async () => {
    const { manager } = await world();
    const topic = await manager.createTopic('strict');
    const good = { key: 'a', value: 1, partition: 0 };
    const refused = async (bad: object): Promise<unknown> =>
      topic.append([good, { ...good, ...bad }]).catch((error: unknown) => error);
    expect(SeglogError.is(await refused({ partition: 3 }), 'PARTITION_NOT_FOUND')).toBe(true);
    for (const partition of [-1, 0.5, Number.NaN])
      expect(await refused({ partition })).toBeInstanceOf(RangeError);
    expect(await refused({ value: undefined })).toBeInstanceOf(TypeError);
    expect(await refused({ key: 7 })).toBeInstanceOf(TypeError);
    const split = [good, { ...good, partition: 1 }];
    await expect(topic.append(split, { expectedOffset: 0 })).rejects.toBeInstanceOf(RangeError);
    expect((await topic.offsets()).map(({ logEnd }) => logEnd)).toEqual([0, 0, 0]);
  });

  test('a partition that is offline leaves no part of an array behind', async () => {
    const one = await world();
    await one.manager.createTopic('partly');
    one.logs.before = (name) => {
      if (name === 'partly/2') throw new SeglogError('CORRUPT_SEGMENT', 'damaged');
    };
    const topic = (await one.reopen()).topic('partly');
    const records = [0, 1, 2].map((partition) => ({ value: partition, partition }));
    await expect(topic.append(records)).rejects.toMatchObject({
      code: 'TOPIC_OFFLINE',
      cause: { code: 'CORRUPT_SEGMENT' },
    });
    expect((await topic.read(0, 0)).records).toEqual([]);
    await topic.append(records.slice(0, 2));
    one.logs.before = () => undefined;
    await expect(topic.append(records)).rejects.toMatchObject({ code: 'TOPIC_OFFLINE' });
  });

  test('a partition that the system refused to open is tried again', async () => {
    const one = await world();
    await one.manager.createTopic('busy', { partitions: 1 });
    one.logs.before = () => {
      throw new SeglogError('STORAGE', 'too many open files', { errno: 'EMFILE' });
    };
    const topic = (await one.reopen()).topic('busy');
    await expect(topic.append({ value: 1 })).rejects.toMatchObject({ code: 'TOPIC_OFFLINE' });
    expect(one.manager.topics()[0]?.failures.size).toBe(1);
    one.logs.before = () => undefined;
    await topic.append({ value: 1 });
    expect(one.manager.topics()[0]?.failures.size).toBe(0);
  });

  test('is never read with another serde than it was written with', async () => {
    const one = await world();
    await one.manager.createTopic('typed', { partitions: 1, value: numbers });
    await expect(one.manager.getOrCreateTopic('typed', { value: json() })).rejects.toMatchObject({
      code: 'COMPOSITION',
    });
    expect(() => one.manager.topic('typed', { key: bytes(), value: numbers })).toThrow('another key serde');
    expect(() => one.manager.topic('typed')).toThrow('not registered');
    const topic = (await one.reopen()).topic('typed', { value: numbers });
    await topic.append({ value: 7 });
    expect((await topic.read(0, 0)).records).toMatchObject([{ value: 7 }]);
  });

  test('lends partitions whose closing leaves the log open', async () => {
    const one = await world();
    const topic = await one.manager.createTopic('lent');
    const handle = await topic.partition(2);
    const other = await topic.partition(2);
    await handle.append([{ value: new Uint8Array([34, 34]) }]);
    await handle.close();
    await expect(handle.read(0)).rejects.toMatchObject({ code: 'LOG_CLOSED' });
    expect(() => handle.offsets()).toThrow('released');
    expect(other.offsets().logEnd).toBe(1);
    expect((await topic.read(2, 0)).records).toMatchObject([{ value: '' }]);
    await expect(topic.partition(3)).rejects.toMatchObject({ code: 'PARTITION_NOT_FOUND' });
  });
});
