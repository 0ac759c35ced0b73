import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { directoryOf } from '@seglog/testing';
import { afterAll, expect, test } from 'vitest';
import { freshPath, removeStores, seglog, storeOnDisk } from './run-cli.js';
import { knownStore } from './stores/known-store.js';

afterAll(removeStores);

const store = async (): Promise<string> => storeOnDisk(await directoryOf((await knownStore()).image));

test.each([[], ['--salvage']])(
  'a store without a catalog is not exported as an empty one %s',
  async (...how) => {
    const path = await store();
    rmSync(join(path, 'catalog'), { recursive: true });
    const run = await seglog(['export', path, ...how]);
    expect(run).toMatchObject({ code: 4, out: '' });
    expect(run.err).toContain('seglog repair --catalog');
  },
);

test('a catalog that cannot be read is not an empty one', async () => {
  const path = await store();
  for (const name of readdirSync(join(path, 'catalog'))) writeFileSync(join(path, 'catalog', name), 'x');
  expect(await seglog(['export', path, '--salvage'])).toMatchObject({ code: 4, out: '' });
});

test('the directory of a topic or of a partition is not exported as an empty store', async () => {
  const path = join(await store(), 'topics');
  const topic = join(path, readdirSync(path)[0] ?? '');
  for (const place of [topic, join(topic, '0')]) {
    const run = await seglog(['export', place]);
    expect(run).toMatchObject({ code: 3, out: '' });
    expect(run.err).toContain('is not a data root');
  }
});

test('partitions of an export that stand in another order are refused', async () => {
  const lines = [
    { type: 'seglog-export', version: 1, topics: 1 },
    { type: 'topic', name: 't', partitions: 2, config: {} },
    { type: 'partition', partition: 1, logStart: 0, logEnd: 0, gaps: [] },
    { type: 'partition', partition: 0, logStart: 0, logEnd: 0, gaps: [] },
    { type: 'end', records: 0 },
  ];
  const input = lines.map((line) => JSON.stringify(line)).join('\n');
  for (const how of [[], ['--write']]) {
    const run = await seglog(['import', freshPath(), ...how], { input });
    expect(run.code).toBe(4);
    expect(run.err).toContain('line 3: it is about partition 1, and 0 belongs there');
  }
});
