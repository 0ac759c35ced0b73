import { expect, test } from 'vitest';
import { defaultComponents, Log, MemoryDirectory, type StorageDirectory } from '../../src/index.js';
import { openOn, record } from './log-bench.js';

/** Does something else before the names are listed: a writer does not wait for those who read beside it. */
async function listingAfter(root: StorageDirectory, step: () => Promise<unknown>): Promise<StorageDirectory> {
  const directory = await root.directory('log', { create: false });
  const list = directory.list.bind(directory);
  directory.list = async () => {
    await step();
    return list();
  };
  return directory;
}

test('a reader that is overtaken by rolls looks again, and sees what was there', async () => {
  const { root, log } = await openOn(new MemoryDirectory());
  await log.append([record('a')]);
  let rolls = 0;
  const directory = await listingAfter(root, async () => {
    if (rolls === 3) return;
    rolls += 1;
    await log.roll();
    await log.append([record(`r${rolls}`)]);
    await log.roll();
    await log.append([record(`s${rolls}`)]);
  });
  const reader = new Log(defaultComponents(directory, undefined));
  await reader.open({ readOnly: true });
  expect(rolls).toBe(3);
  const { records } = await reader.read(0, { isolation: 'uncommitted' });
  expect(records.map(({ offset }) => offset)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  await reader.close();
  await log.close();
});

test('a reader that is always overtaken says what it saw, in the end', async () => {
  const { root, log } = await openOn(new MemoryDirectory());
  const directory = await listingAfter(root, async () => {
    for (const name of ['a', 'b']) {
      await log.append([record(name)]);
      await log.roll();
    }
    await log.append([record('c')]);
  });
  const reader = new Log(defaultComponents(directory, undefined));
  await expect(reader.open({ readOnly: true })).rejects.toMatchObject({ code: 'CORRUPT_SEGMENT' });
  await log.close();
});

test('what does not fit and does not change is told at once', async () => {
  const { root, log } = await openOn(new MemoryDirectory());
  await log.append([record('a')]);
  await log.roll();
  await log.append([record('b')]);
  await log.close();
  let looks = 0;
  const directory = await listingAfter(root, async () => {
    looks += 1;
  });
  for (const { name } of await directory.list()) if (name.endsWith('.log')) await directory.remove(name);
  looks = 0;
  const reader = new Log(defaultComponents(directory, undefined));
  await expect(reader.open({ readOnly: true })).rejects.toMatchObject({ code: 'MISSING_SEGMENT' });
  expect(looks).toBe(1);
});
