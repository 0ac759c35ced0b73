import { describe, expect, test } from 'vitest';
import { groupCommit, MemoryDirectory, type SyncPolicyFactory, syncNever } from '../../src/index.js';
import { type BenchLog, closeCleanly, openOn, openReadOnly, record } from './log-bench.js';

const foreign = (value: unknown): never => value as never;

describe('a sync policy that is none', () => {
  const sound = { name: 'mine', acknowledge: 'synced', decide: () => 'now' };
  const made = (facts: object): SyncPolicyFactory => foreign(() => ({ ...sound, ...facts }));

  test.each<[string, SyncPolicyFactory]>([
    ["because it acknowledges 'sync'", made({ acknowledge: 'sync' })],
    ['because it does not say what it acknowledges', made({ acknowledge: undefined })],
    ['because its name is a number', made({ name: 7 })],
    ['because it cannot decide', made({ decide: 'now' })],
    ['because its factory returns nothing', foreign(() => undefined)],
    ['because its factory returns a factory', foreign(() => syncNever())],
    ['because its factory throws', foreign(groupCommit)],
    ['because it is no factory', foreign(sound)],
  ])('opens no log, and nothing is written: %s', async (_case, syncPolicy) => {
    const root = new MemoryDirectory();
    await expect(openOn(root, { parts: { syncPolicy } })).rejects.toMatchObject({
      code: 'COMPOSITION',
      facts: { part: 'sync policy' },
    });
    expect(await (await root.directory('log', { create: false })).list()).toEqual([]);
    await closeCleanly(await openOn(root));
  });

  test('opens no log to read either', async () => {
    const root = new MemoryDirectory();
    await closeCleanly(await openOn(root));
    const parts = { syncPolicy: made({ acknowledge: 'sync' }) };
    await expect(openReadOnly(root, { parts })).rejects.toMatchObject({ code: 'COMPOSITION' });
  });
});

test('an index store that is none opens no log', async () => {
  const parts = { index: foreign(() => ({})) };
  await expect(openOn(new MemoryDirectory(), { parts })).rejects.toMatchObject({
    code: 'COMPOSITION',
    facts: { part: 'index store', missing: 'open, remove' },
  });
});

/** A log that has failed says so again when it is closed. */
async function leave({ log, session }: BenchLog): Promise<void> {
  await log.close().catch(() => undefined);
  await session.close({ clean: false });
}

const answering = (decide: () => unknown, acknowledge = 'synced'): SyncPolicyFactory =>
  foreign(() => ({ name: 'oracle', acknowledge, decide }));

describe('an answer that is no decision', () => {
  test.each<[string, unknown]>([
    ['soon', 'soon'],
    ['undefined', undefined],
    ['null', null],
    ['true', true],
    ['{ atMs: NaN }', { atMs: Number.NaN }],
    ['{ atMs: 5 }', { atMs: '5' }],
    ['{ atMs: undefined }', {}],
  ])('is named to the append that waits for it: %s', async (answer, decision) => {
    const open = await openOn(new MemoryDirectory(), { parts: { syncPolicy: answering(() => decision) } });
    await expect(open.log.append([record('a')])).rejects.toMatchObject({
      code: 'APPEND_UNKNOWN',
      cause: { code: 'COMPOSITION', facts: { policy: 'oracle', answer } },
    });
    await expect(open.log.append([record('b')])).rejects.toMatchObject({ code: 'LOG_POISONED' });
    await leave(open);
  });

  test('fails the log when the answer comes by a timer, and is no error that nobody catches', async () => {
    const answers = [{ atMs: 0 }, 'soon'];
    const decide = (): unknown => {
      const answer = answers.shift();
      return answer === 'soon' ? answer : { atMs: performance.now() + 5 };
    };
    const open = await openOn(new MemoryDirectory(), { parts: { syncPolicy: answering(decide) } });
    await expect(open.log.append([record('a')])).rejects.toMatchObject({
      code: 'APPEND_UNKNOWN',
      cause: { facts: { policy: 'oracle', answer: 'soon' } },
    });
    await leave(open);
  });

  test('fails the log behind an append that waits for no sync', async () => {
    const syncPolicy = answering(() => 'soon', 'written');
    const open = await openOn(new MemoryDirectory(), { parts: { syncPolicy } });
    expect((await open.log.append([record('a')])).durability).toBe('written');
    await expect(open.log.append([record('b')])).rejects.toMatchObject({
      code: 'LOG_POISONED',
      cause: { facts: { policy: 'oracle', answer: 'soon' } },
    });
    await leave(open);
  });

  test('no more than a policy that throws', async () => {
    const syncPolicy = answering(() => {
      throw new Error('no idea');
    });
    const open = await openOn(new MemoryDirectory(), { parts: { syncPolicy } });
    await expect(open.log.append([record('a')])).rejects.toMatchObject({
      code: 'APPEND_UNKNOWN',
      cause: { message: 'no idea' },
    });
    await leave(open);
  });
});
