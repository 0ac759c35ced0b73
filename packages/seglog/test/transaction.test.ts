import { expectCode, expectRangeError, SimulatedDisk } from '@seglog/testing';
import { describe, expect, test } from 'vitest';
import { type Engine, memoryModule, openEngine } from '../src/index.js';
import { leftBy, openAhead, valuesOf } from './ahead-disk.js';

async function onEngine(body: (engine: Engine, disk: SimulatedDisk) => Promise<void>): Promise<void> {
  const disk = new SimulatedDisk({ seed: 1 });
  await disk.run(async () => {
    const engine = await openAhead(disk);
    for (const name of ['a', 'b']) await engine.createTopic(name, { partitions: 2 });
    await body(engine, disk);
    await engine.close();
  });
}

const one = (value: unknown): { value: unknown; partition: number } => ({ value, partition: 0 });

describe('a transaction', () => {
  test('is written when it commits, in all its partitions, and says where', async () => {
    await onEngine(async (engine) => {
      await engine.topic('a').append(one('before'));
      const tx = engine.transaction();
      tx.append('a', [one(1), { value: 2, partition: 1 }]);
      tx.append('b', one(3));
      tx.append('a', one(4));
      expect(await valuesOf(engine, 'a', 0)).toEqual(['before']);
      const results = await tx.commit();
      expect(results.map((part) => part.map(({ partition, offset }) => [partition, offset]))).toEqual([
        [
          [0, 1],
          [1, 0],
        ],
        [[0, 0]],
        [[0, 2]],
      ]);
      expect(await valuesOf(engine, 'a', 0)).toEqual(['before', 1, 4]);
      expect(await valuesOf(engine, 'b', 0)).toEqual([3]);
    });
  });

  test('reads its own appends behind what is there, and nobody else does', async () => {
    await onEngine(async (engine) => {
      await engine.topic('a').append([one('x'), one('y')]);
      const tx = engine.transaction();
      tx.append('a', [one('own'), { key: 'k', value: 'last', partition: 0 }]);
      const { records, nextOffset } = await tx.read('a', 0, 1);
      expect(records.map(({ offset, value }) => [offset, value])).toEqual([
        [1, 'y'],
        [2, 'own'],
        [3, 'last'],
      ]);
      expect(nextOffset).toBe(4);
      expect((await tx.read('a', 0, 3)).records.map(({ key }) => key)).toEqual(['k']);
      expect((await tx.read('a', 1, 0)).records).toEqual([]);
      expect(await valuesOf(engine, 'a', 0)).toEqual(['x', 'y']);
      tx.abort();
    });
  });

  test('that is aborted, or times out, or whose signal fires, leaves nothing', async () => {
    await onEngine(async (engine, disk) => {
      const control = new AbortController();
      const transactions = [
        engine.transaction(),
        engine.transaction({ timeoutMs: 100 }),
        engine.transaction({ signal: control.signal }),
      ];
      for (const tx of transactions) tx.append('a', one(1));
      transactions[0]?.abort();
      control.abort(new Error('no longer wanted'));
      await disk.clock.sleep(200);
      for (const tx of transactions) {
        expect(tx.open).toBe(false);
        await expectCode('TRANSACTION_ENDED', () => tx.append('a', one(2)));
        await expectCode('TRANSACTION_ENDED', () => tx.commit());
        await expectCode('TRANSACTION_ENDED', () => tx.read('a', 0, 0));
        tx.abort();
      }
      await expectCode('TRANSACTION_ENDED', async () => transactions[1]?.commit(), { reason: 'timeout' });
      expect(await valuesOf(engine, 'a', 0)).toEqual([]);
    });
  });

  test('with one conflict writes nothing, and the next one goes on', async () => {
    await onEngine(async (engine) => {
      const first = engine.transaction();
      const second = engine.transaction();
      for (const [tx, value] of [
        [first, 1],
        [second, 2],
      ] as const) {
        tx.append('a', [{ value }], { partition: 0, expectedOffset: 0 });
        tx.append('b', [{ value }], { partition: 1, expectedOffset: 0 });
      }
      await first.commit();
      await expectCode('WRONG_EXPECTED_OFFSET', () => second.commit());
      await expectCode('TRANSACTION_ENDED', () => second.commit());
      expect(await valuesOf(engine, 'a', 0)).toEqual([1]);
      expect(await valuesOf(engine, 'b', 1)).toEqual([1]);
    });
  });

  test('of many that want the same, one wins each time', async () => {
    await onEngine(async (engine) => {
      let won = 0;
      const attempt = async (name: number): Promise<void> => {
        for (;;) {
          const tx = engine.transaction();
          const { nextOffset } = await tx.read('a', 0, 0);
          tx.append('a', [{ value: name }], { partition: 0, expectedOffset: nextOffset });
          try {
            await tx.commit();
            won += 1;
            return;
          } catch (error) {
            await expectCode('WRONG_EXPECTED_OFFSET', () => Promise.reject(error));
          }
        }
      };
      await Promise.all(Array.from({ length: 8 }, (_, i) => attempt(i)));
      expect(won).toBe(8);
      expect(new Set(await valuesOf(engine, 'a', 0)).size).toBe(8);
    });
  });

  test('holds no more than it may, and stays open without what was too much', async () => {
    await onEngine(async (engine) => {
      const tx = engine.transaction({ maxBytes: 100 });
      tx.append('a', one('x'.repeat(50)));
      await expectCode('RECORD_TOO_LARGE', () => tx.append('a', one('y'.repeat(60))));
      await expectCode('TOPIC_NOT_FOUND', () => tx.append('z', one(1)));
      await expectRangeError(() => tx.append('a', one(1), { expectedOffset: 0 }));
      tx.append('a', one('z'));
      await tx.commit();
      expect(await valuesOf(engine, 'a', 0)).toEqual(['x'.repeat(50), 'z']);
      expect(await engine.transaction().commit()).toEqual([]);
      await expectRangeError(() => engine.transaction({ timeoutMs: 0 }));
    });
  });

  test('that committed is there after a power cut, and one that did not is not', async () => {
    const left = await leftBy(undefined, async (disk) => {
      const engine = await openAhead(disk);
      for (const name of ['a', 'b']) await engine.createTopic(name, { partitions: 2 });
      const committed = engine.transaction();
      const begun = engine.transaction();
      for (const tx of [committed, begun])
        for (const topic of ['a', 'b']) tx.append(topic, one(tx === committed));
      await committed.commit();
    });
    await left.run(async () => {
      const engine = await openAhead(left);
      for (const topic of ['a', 'b']) expect(await valuesOf(engine, topic, 0)).toEqual([true]);
      await engine.close();
    });
  });

  test('needs a write-ahead log, and an engine that is open', async () => {
    const engine = await openEngine({ modules: [memoryModule()] });
    await expectCode('COMPOSITION', () => engine.transaction());
    await expectCode('COMPOSITION', () => engine.write([]));
    await engine.close();
    await expectCode('LOG_CLOSED', () => engine.transaction());
  });
});
