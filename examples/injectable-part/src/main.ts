import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEngine, preadModule } from 'seglog';
import { alarmModule } from './alarm-module.js';

const directory = await mkdtemp(join(tmpdir(), 'seglog-alarm-'));

/** So low that every sync of a real disk is slow: the alarm rings once, and is quiet for a minute. */
const pager = { slowMs: 0.001, page: (message: string): void => console.log(`Wake up: ${message}`) };

try {
  const engine = await openEngine({ modules: [preadModule(directory), alarmModule(pager)] });
  const topic = await engine.createTopic('readings', { partitions: 1 });
  for (let reading = 0; reading < 50; reading += 1) await topic.append({ value: { reading } });
  console.log(`${engine.stats().syncs} syncs for 50 records, all of them too slow, and one call.`);
  await engine.close();
} finally {
  await rm(directory, { recursive: true });
}
