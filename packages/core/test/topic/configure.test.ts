import { expect, test } from 'vitest';
import { cleanupSettings, DEFAULT_CLEANUP, type TopicChanges } from '../../src/index.js';
import { world } from './world.js';

test('what a topic says for itself is kept over reopens, and the rest follows the engine', async () => {
  const one = await world();
  const topic = await one.manager.createTopic('t', { cleanup: { retentionMs: 1000 } });
  expect(topic.config.cleanup).toEqual({ retentionMs: 1000 });
  const config = await topic.configure({
    cleanupPolicy: 'compact,delete',
    cleanup: { retentionMs: Number.POSITIVE_INFINITY, minDirtyRatio: 0.1, retentionBytes: 1 },
  });
  expect(topic.config).toBe(config);
  await one.manager.configureTopic('t', { cleanup: { minDirtyRatio: 'default' } });
  const reopened = (await one.reopen()).topic('t').config;
  expect(reopened.cleanupPolicy).toBe('compact,delete');
  expect(reopened.cleanup).toEqual({ retentionMs: Number.POSITIVE_INFINITY, retentionBytes: 1 });
  const settings = cleanupSettings({ retentionMs: 7, minDirtyRatio: 0.3 }, reopened.cleanup);
  expect(settings).toEqual({
    ...DEFAULT_CLEANUP,
    minDirtyRatio: 0.3,
    retentionMs: Number.POSITIVE_INFINITY,
    retentionBytes: 1,
  });
  expect(one.events.filter(({ type }) => type === 'topic-configured')).toHaveLength(2);
});

const foreign = (value: unknown): TopicChanges => value as TopicChanges;
const REFUSED: readonly TopicChanges[] = [
  foreign({ cleanupPolicy: 'compcat' }),
  foreign({ cleanup: { retentionMS: 1 } }),
  foreign({ cleanup: { retentionMS: 'default' } }),
  foreign({ cleanup: { retentionMs: '1' } }),
  foreign({ cleanup: null }),
  foreign({ policy: 'compact' }),
  { cleanup: { retentionMs: 0 } },
  { cleanup: { retentionBytes: 0.5 } },
  { cleanup: { minDirtyRatio: 0 } },
  { cleanup: { minDirtyRatio: 1.1 } },
  { cleanup: { deleteRetentionMs: Number.POSITIVE_INFINITY } },
  { cleanup: { minCompactionLagMs: 2, maxCompactionLagMs: 1 } },
];

test.each(REFUSED)('changes with one that cannot be are refused whole: %j', async (changes) => {
  const one = await world();
  const topic = await one.manager.createTopic('t');
  const before = topic.config;
  const mixed = {
    ...changes,
    cleanup: changes.cleanup === undefined ? { retentionBytes: 5 } : changes.cleanup,
  };
  await expect(topic.configure(mixed)).rejects.toThrow(/RangeError|TypeError|must|there is no|cleanup is/);
  expect(topic.config).toBe(before);
  expect((await one.reopen()).topic('t').config).toEqual(before);
});

test('a topic that begins to compact needs keys from then on, and one that ceases to needs none', async () => {
  const one = await world();
  const topic = await one.manager.createTopic('t', { partitions: 1 });
  const partition = await topic.partition(0);
  const keyless = { value: new Uint8Array(1) };
  await partition.append([keyless]);
  await topic.configure({ cleanupPolicy: 'compact' });
  await expect(partition.append([keyless])).rejects.toMatchObject({ code: 'INVALID_RECORD' });
  await expect(topic.append({ value: 1 })).rejects.toMatchObject({ code: 'INVALID_RECORD' });
  await topic.configure({ cleanupPolicy: 'delete' });
  expect((await partition.append([keyless])).baseOffset).toBe(1);
});

test('a topic that is gone, and an engine that only reads, are not configured', async () => {
  const one = await world();
  const topic = await one.manager.createTopic('t');
  await one.reopen({ readOnly: true });
  const reader = one.manager.topic('t');
  await expect(reader.configure({ cleanupPolicy: 'compact' })).rejects.toMatchObject({ code: 'READ_ONLY' });
  await one.reopen();
  await one.manager.deleteTopic('t');
  await expect(topic.configure({ cleanupPolicy: 'compact' })).rejects.toMatchObject({ code: 'LOG_CLOSED' });
  await expect(one.manager.configureTopic('t', {})).rejects.toMatchObject({ code: 'TOPIC_NOT_FOUND' });
});
