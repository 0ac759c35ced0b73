import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { MemoryDirectory, memoryModule } from 'seglog';
import { describe, expect, test } from 'vitest';
import { BitcaskLevel } from '../src/bitcask-level.js';
import { type IndexEntry, OrderedIndex } from '../src/ordered-index.js';

function run(file: string, ...words: readonly string[]): string {
  const path = fileURLToPath(new URL(file, import.meta.url));
  return execFileSync(process.execPath, [path, ...words], { encoding: 'utf8', maxBuffer: 2 ** 26 });
}

test('the example: snapshots see the past, compaction removes it, and all is there again', () => {
  const output = run('../dist/main.js');
  expect(output).toContain('rum costs 25, and cost 20');
  expect(output).toContain('compaction removed 102 records');
  expect(output).toContain("opened again: [ [ 'rum', 25 ], [ 'tea', 103 ] ]");
});

test("abstract-level's own suite passes: none fails, none is skipped", () => {
  const output = run('./suite.mjs');
  const [, passed] = /^# pass +(\d+)$/m.exec(output) ?? [];
  expect(Number(passed)).toBeGreaterThan(4000);
  expect(output).not.toMatch(/^not ok|# SKIP|# TODO|^# fail/m);
  expect(output).toMatch(/^# ok$/m);
});

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

const shown = (entries: readonly IndexEntry[]): unknown[] =>
  entries.map(({ key, offset }) => [new TextDecoder().decode(key), offset]);

describe('an ordered index', () => {
  test('is a sorted map, and every older value of it stays what it was', () => {
    let [index, seed] = [OrderedIndex.of([]), 7];
    const next = (limit: number): number => {
      seed = (seed * 1103515245 + 12345) % 2 ** 31;
      return seed % limit;
    };
    const model = new Map<string, number>();
    for (let offset = 0; offset < 3000; offset += 1) {
      const name = `k${next(900)}`;
      const [before, first] = [index, index.first({}, false)];
      if (next(3) === 0) model.delete(name);
      else model.set(name, offset);
      index = index.with({ key: encode(name), offset: model.get(name) });
      expect(before.first({}, false)).toBe(first);
    }
    const sorted = [...model].toSorted(([a], [b]) => (a < b ? -1 : 1));
    expect(shown(index.entries({}))).toEqual(sorted);
    for (let i = 0; i < 300; i += 1) {
      const bound = `k${next(1000)}`;
      const range = { gt: encode(bound), lte: encode('k9') };
      expect(shown(index.entries(range))).toEqual(sorted.filter(([key]) => key > bound && key <= 'k9'));
      const above = index.first({ gte: encode(bound) }, false);
      const below = index.first({ lt: encode(bound) }, true);
      expect(above?.offset).toBe(sorted.find(([key]) => key >= bound)?.[1]);
      expect(below?.offset).toBe(sorted.findLast(([key]) => key < bound)?.[1]);
    }
  });
});

test('compaction in between changes nothing that anybody sees, over reopens', async () => {
  const directory = new MemoryDirectory();
  const open = (): BitcaskLevel => new BitcaskLevel([memoryModule(directory)]);
  let level = open();
  const model = new Map<string, string>();
  for (let round = 0; round < 6; round += 1) {
    for (let i = 0; i < 60; i += 1) {
      const key = `k${(i * 7 + round) % 20}`;
      if ((i + round) % 5 === 0) {
        await level.del(key);
        model.delete(key);
      } else {
        await level.put(key, `${round}.${i}`);
        model.set(key, `${round}.${i}`);
      }
    }
    const snapshot = level.snapshot();
    const seen = new Map(model);
    const compacted = level.compact();
    await level.put('k1', 'later');
    model.set('k1', 'later');
    expect(new Map(await level.iterator({ snapshot }).all())).toEqual(seen);
    await snapshot.close();
    expect(await compacted).toBeGreaterThan(0);
    expect(new Map(await level.iterator().all())).toEqual(model);
    await level.close();
    level = open();
    expect(new Map(await level.iterator().all())).toEqual(model);
  }
  await level.close();
});
