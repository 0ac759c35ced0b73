import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { preadModule } from 'seglog';
import { BitcaskLevel } from './bitcask-level.js';

const directory = await mkdtemp(join(tmpdir(), 'seglog-bitcask-'));
const open = (): BitcaskLevel<string, number> =>
  new BitcaskLevel([preadModule(directory)], { valueEncoding: 'json' });

try {
  const prices = open();
  await prices.batch([
    { type: 'put', key: 'tea', value: 3 },
    { type: 'put', key: 'rum', value: 20 },
    { type: 'put', key: 'ale', value: 5 },
  ]);
  for (let day = 1; day <= 100; day += 1) await prices.put('tea', 3 + day);
  await prices.del('ale');
  const before = prices.snapshot();
  await prices.put('rum', 25);
  console.log(
    `rum costs ${await prices.get('rum')}, and cost ${await prices.get('rum', { snapshot: before })}`,
  );
  await before.close();
  console.log(`compaction removed ${await prices.compact()} records`);
  await prices.close();

  const again = open();
  console.log('opened again:', await again.iterator().all());
  await again.close();
} finally {
  await rm(directory, { recursive: true });
}
