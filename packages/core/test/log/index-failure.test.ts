import { expect, test } from 'vitest';
import { MemoryDirectory, SeglogError, type StorageDirectory } from '../../src/index.js';
import { closeCleanly, filesOf, openOn, record } from './log-bench.js';

/** Serves headers and nothing behind them, as long as `broken` says so. */
function failing(sound: StorageDirectory, broken: () => boolean): StorageDirectory {
  const changed: Partial<StorageDirectory> = {
    openReader: async (name, options) => {
      const reader = await sound.openReader(name, options);
      const read: typeof reader.read = async (position, scratch) => {
        if (broken() && position > 0) throw new SeglogError('STORAGE', 'the medium fails', { name });
        return reader.read(position, scratch);
      };
      return { read, close: () => reader.close() };
    },
  };
  return new Proxy(sound, {
    get: (target, name) => {
      const value: unknown = Reflect.get(name in changed ? changed : target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

test('an index that cannot be made fails the read that needs it, and nothing else', async () => {
  const root = new MemoryDirectory();
  const one = await openOn(root);
  for (let i = 0; i < 20; i++) await one.log.append([record(`v${i}`, 1000)]);
  await closeCleanly(one);
  for (const file of await filesOf(one.directory, '.idx')) await one.directory.remove(file);

  let broken = true;
  const directory = failing(await root.directory('log', { create: false }), () => broken);
  const two = await openOn(root, { parts: { directory } });
  await expect(two.log.read(7)).rejects.toMatchObject({ code: 'STORAGE' });
  // A rejection that nobody takes ends the process: give it the time to show itself.
  await new Promise((resolve) => setImmediate(resolve));
  broken = false;
  expect((await two.log.read(7)).records[0]?.offset).toBe(7);
  await closeCleanly(two);
});
