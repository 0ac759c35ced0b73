import { describe, expect, test } from 'vitest';
import { MemoryDirectory, SeglogError } from '../../src/index.js';
import { closeCleanly, contentOf, filesOf, openOn, openReadOnly, putFile, record } from './log-bench.js';

const bench = { settings: { maxSegmentBytes: 4096 } };

describe('files that are left over, or missing', () => {
  test('the index of a retired segment goes with it', async () => {
    const root = new MemoryDirectory();
    const one = await openOn(root, bench);
    for (let i = 0; i < 40; i++) await one.log.append([record(`v${i}`, 500)]);
    await one.log.deleteRecordsBefore(38);
    await closeCleanly(one);
    const two = await openOn(root, bench);
    const segments = await filesOf(two.directory, '.log');
    const indexes = await filesOf(two.directory, '.idx');
    expect(segments.length).toBe(1);
    for (const index of indexes) expect(segments).toContain(index.replace('.idx', '.log'));
    await closeCleanly(two);
  });

  test('a log that lost its manifest is not taken for a new one, even when it holds no record any more', async () => {
    const root = new MemoryDirectory();
    const one = await openOn(root, bench);
    for (let i = 0; i < 20; i++) await one.log.append([record(`v${i}`)]);
    await one.log.roll();
    await one.log.deleteRecordsBefore(20);
    await closeCleanly(one);
    await closeCleanly(await openOn(root, bench));
    for (const { name } of await one.directory.list()) {
      if (!name.endsWith('.log')) await one.directory.remove(name);
    }
    expect((await filesOf(one.directory, '.log')).length).toBe(1);
    await expect(openOn(root, bench)).rejects.toSatisfy((e) => SeglogError.is(e, 'CORRUPT_METADATA'));
    expect((await filesOf(one.directory, '.log')).length).toBe(1);
  });

  test('a segment without a name that goes while a reader looks keeps no log shut', async () => {
    const root = new MemoryDirectory();
    const one = await openOn(root, bench);
    await one.log.append([record('v')]);
    const list = one.directory.list.bind(one.directory);
    one.directory.list = async () => [
      ...(await list()),
      { name: `${'0'.repeat(20)}-${'f'.repeat(16)}.log`, kind: 'file' },
    ];
    const beside = Object.assign(Object.create(root), { directory: async () => one.directory });
    const log = await openReadOnly(beside, bench);
    expect((await log.read(0, { isolation: 'uncommitted' })).records.length).toBe(1);
    await log.close();
    await closeCleanly(one);
  });

  for (const onCorruption of ['readonly', 'salvage'] as const) {
    test(`a damaged sealed segment keeps no log shut that knows producers, under ${onCorruption}`, async () => {
      const root = new MemoryDirectory();
      const one = await openOn(root, bench);
      for (let i = 0; i < 12; i++) {
        await one.log.append([record(`v${i}`, 500)], { producer: { id: 'p', epoch: 0, sequence: i } });
      }
      await closeCleanly(one);
      for (const name of await filesOf(one.directory, '.producers')) await one.directory.remove(name);
      const [first = ''] = await filesOf(one.directory, '.log');
      const bytes = await contentOf(one.directory, first);
      bytes[40] = (bytes[40] ?? 0) ^ 1;
      await putFile(one.directory, first, bytes);

      const { log } = await openOn(root, { settings: { ...bench.settings, onCorruption } });
      const { records, gaps } = await log.read(0);
      expect(gaps).toEqual([{ from: 0, to: records[0]?.offset, reason: 'lost' }]);
      expect(records.at(-1)?.offset).toBe(11);
      await log.close();
    });
  }
});
