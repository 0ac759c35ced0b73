import { describe, expect, test } from 'vitest';
import { crc32c, fileIndex, type IndexStoreFactory, MemoryDirectory, memoryIndex } from '../../src/index.js';
import { allOf, closeCleanly, filesOf, openOn, record } from './log-bench.js';

const KEPT: readonly (readonly [string, IndexStoreFactory])[] = [
  ['memory', memoryIndex()],
  ['file', fileIndex({ checksum: crc32c() })],
];

describe('a roll', () => {
  for (const [name, index] of KEPT) {
    test(`leaves a segment readable whose ${name} index was not made yet`, async () => {
      const root = new MemoryDirectory();
      const one = await openOn(root, { parts: { index } });
      for (let i = 0; i < 20; i++) await one.log.append([record(`v${i}`, 1000)]);
      await closeCleanly(one);
      for (const file of await filesOf(one.directory, '.idx')) await one.directory.remove(file);

      const { log } = await openOn(root, { parts: { index } });
      await log.roll();
      expect((await log.read(7)).records[0]?.offset).toBe(7);
      expect(await log.offsetForTimestamp(0)).toBe(0);
      expect((await allOf(log)).length).toBe(20);
      await log.close();
    });
  }
});
