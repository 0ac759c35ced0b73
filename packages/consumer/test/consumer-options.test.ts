import { expect, test } from 'vitest';
import { Consumer, Cursors } from '../src/index.js';
import { openWorld } from './world.js';

/** A value of another type than TypeScript allows, as plain JavaScript may bring it. */
const foreign = (value: unknown): never => value as never;

async function started() {
  const world = await openWorld();
  const { engine } = world;
  const topic = await engine.getOrCreateTopic<number>('t', { partitions: 2 });
  const cursors = await Cursors.open(engine);
  for (const value of [0, 1, 2]) await topic.append({ value, partition: 0 });
  await cursors.commit('g', 't', 0, 1);
  return {
    engine,
    topic,
    cursors,
    close: async () => {
      await cursors.close();
      await world.close();
    },
  };
}

test.each([
  ['a group that is misspelt', { groups: 'g' }, RangeError],
  ['an option that is misspelt', { group: 'g', commitevery: 5 }, RangeError],
  ['no group', {}, TypeError],
  ['a number for a group', { group: 7 }, TypeError],
  ['a group without a name', { group: '' }, RangeError],
  ['a group of a name too long', { group: 'é'.repeat(125) }, RangeError],
  ['a place that is none', { group: 'g', from: 'newest' }, RangeError],
  ['no commit ever', { group: 'g', commitEvery: 0 }, RangeError],
  ['a text for a number of records', { group: 'g', commitEvery: '5' }, TypeError],
  ['a partition for a list', { group: 'g', partitions: 0 }, TypeError],
  ['a text for a partition', { group: 'g', partitions: ['0'] }, TypeError],
  ['half a partition', { group: 'g', partitions: [0, 0.5] }, RangeError],
  ['a negative partition', { group: 'g', partitions: [-1] }, RangeError],
  ['a partition twice', { group: 'g', partitions: [1, 0, 1] }, RangeError],
  [
    'a partition that is not there',
    { group: 'g', partitions: [0, 2] },
    expect.objectContaining({ code: 'PARTITION_NOT_FOUND', facts: { topic: 't', partition: 2 } }),
  ],
  ['a signal that is none', { group: 'g', signal: new AbortController() }, TypeError],
  ['no options', undefined, TypeError],
  ['nothing for options', null, TypeError],
  ['a text for options', 'g', TypeError],
])('%s is refused when the consumer is made, and loses nothing', async (_name, options, expected) => {
  const one = await started();
  expect(() => new Consumer(one.topic, one.cursors, foreign(options))).toThrow(expected);
  expect(one.cursors.list()).toEqual([{ group: 'g', topic: 't', partition: 0, offset: 1 }]);
  for await (const { value } of new Consumer(one.topic, one.cursors, { group: 'g' })) {
    expect(value).toBe(1);
    break;
  }
  await one.close();
});

test('a forgotten await is told, for cursors and for a topic', async () => {
  const one = await started();
  const opening = Cursors.open(one.engine);
  expect(() => new Consumer(one.topic, foreign(opening), { group: 'g' })).toThrow(
    new TypeError('cursors must not be a promise: there is an await missing before Cursors.open(engine)'),
  );
  const making = one.engine.getOrCreateTopic('t');
  expect(() => new Consumer(foreign(making), one.cursors, { group: 'g' })).toThrow(/await missing/u);
  for (const wrong of [undefined, null, 'cursors', {}])
    expect(() => new Consumer(one.topic, foreign(wrong), { group: 'g' })).toThrow(
      new TypeError('cursors must be what await Cursors.open(engine) gives'),
    );
  await making;
  await (await opening).close();
  await one.close();
});

test('what is changed in the options afterwards changes nothing', async () => {
  const one = await started();
  const options = { group: 'g', partitions: [0] };
  const consumer = new Consumer(one.topic, one.cursors, options);
  options.group = '';
  options.partitions.push(7);
  expect(await consumer.stats()).toMatchObject([{ partition: 0, position: 1, committed: 1 }]);
  await one.close();
});

test.each(['commit', 'commitHandled', 'close'] as const)(
  '%s rejects when cursors throw, and what it could not commit is committed by the next one',
  async (method) => {
    const one = await started();
    let fails = true;
    const cursors = {
      committed: one.cursors.committed.bind(one.cursors),
      commit: (...cursor: Parameters<Cursors['commit']>) => {
        if (fails) throw new Error('thrown, not rejected');
        return one.cursors.commit(...cursor);
      },
    };
    const consumer = new Consumer(one.topic, foreign(cursors), { group: 'g' });
    for await (const { value } of consumer) if (value === 2) break;
    const call = consumer[method]();
    await expect(call).rejects.toThrow('thrown, not rejected');
    fails = false;
    await consumer[method]();
    expect(one.cursors.committed('g', 't', 0)).toBe(2);
    await one.close();
  },
);
