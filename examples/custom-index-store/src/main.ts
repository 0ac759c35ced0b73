import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { INDEX_STORE, openEngine, partModule, preadModule } from 'seglog';
import { levelIndex } from './level-index.js';

const directory = await mkdtemp(join(tmpdir(), 'seglog-level-'));
const database = new ClassicLevel(join(directory, 'index'));

/** One line replaces the file index. The database is ours to open and to close. */
const modules = [preadModule(join(directory, 'data')), partModule(INDEX_STORE, levelIndex(database))];

try {
  await database.open();
  const writer = await openEngine({ modules, settings: { maxSegmentBytes: 64 * 1024 } });
  const readings = await writer.createTopic('readings', { partitions: 1 });
  for (let hour = 0; hour < 2000; hour += 100) {
    const values = Array.from({ length: 100 }, (_, nth) => ({ sensor: 'hall', reading: hour + nth }));
    await readings.append(values.map((value) => ({ value, timestampMs: value.reading * 3_600_000 })));
  }
  await writer.close();

  const keys = await database.keys().all();
  const segments = new Set(keys.map((key) => key.slice(0, 16)));
  console.log(`${keys.length} keys in LevelDB, for ${segments.size} segments; the first ones:`);
  for (const key of keys.slice(0, 3)) console.log(`  ${key} = ${await database.get(key)}`);

  const reader = await openEngine({ modules, settings: { maxSegmentBytes: 64 * 1024 } });
  const topic = reader.topic<{ reading: number }>('readings');
  const { records } = await topic.read(0, 1234, { maxRecords: 1 });
  console.log(`offset 1234 is reading ${records[0]?.value?.reading}`);
  const log = await topic.partition(0);
  console.log(`from hour 777 on: offset ${await log.offsetForTimestamp(777 * 3_600_000)}`);
  await reader.close();
  await database.clear();

  const without = await openEngine({ modules });
  const again = await without.topic<{ reading: number }>('readings').read(0, 1234, { maxRecords: 1 });
  console.log(`with every key deleted, offset 1234 is still reading ${again.records[0]?.value?.reading}`);
  await without.close();
} finally {
  await database.close();
  await rm(directory, { recursive: true });
}
