import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyOf, flipBit, tearTail } from './damage.js';
import { killWriter } from './kill-writer.js';
import { look } from './look.js';

const folder = await mkdtemp(join(tmpdir(), 'seglog-crash-'));
const crashed = join(folder, 'crashed');

try {
  const acknowledged = await killWriter(crashed, 300);
  console.log(`A writer was killed with kill -9 after ${acknowledged} acknowledged records.\n`);

  console.log('Opened as it is:');
  const killed = await copyOf(crashed, join(folder, 'killed'));
  await look(killed.directory);

  console.log('\nWith a torn write at the end, as a power cut leaves it:');
  const torn = await copyOf(crashed, join(folder, 'torn'));
  await tearTail(torn.segment, new TextEncoder().encode('the beginning of something'));
  await look(torn.directory);

  const rotten = await copyOf(crashed, join(folder, 'rotten'));
  await flipBit(rotten.segment);
  for (const onCorruption of ['fail', 'readonly', 'salvage', 'fail'] as const) {
    console.log(`\nWith a flipped bit in a record that was synced, onCorruption: '${onCorruption}':`);
    await look(rotten.directory, { onCorruption });
  }
} finally {
  await rm(folder, { recursive: true });
}
