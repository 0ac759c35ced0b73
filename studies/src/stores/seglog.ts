import type { SimulatedDisk } from '@seglog/testing';
import { CLOCK, diskModule, type Engine, openEngine, partModule, RANDOM } from 'seglog';
import { packageVersion } from './package-version.js';
import type { StoreUnderStudy } from './store-under-study.js';

const TOPIC = 'values';

export const seglog: StoreUnderStudy = {
  name: 'Seglog',
  version: packageVersion('seglog'),
  used: 'one record for each set, in a topic of one partition; the last record of a key is its value; its defaults (`syncAlways`)',
  promise:
    'What was acknowledged as synced is there after a process kill and after power loss (`docs/durability.md`).',
  prepare: async () => async (room) => {
    const engine = await openOn(room.disk);
    const topic = await engine.getOrCreateTopic(TOPIC, { partitions: 1 });
    return {
      async set(key, value) {
        await topic.append({ key, value, partition: 0 });
      },
      entries: () => foldTopic(engine),
      close: () => engine.close(),
    };
  },
};

function openOn(disk: SimulatedDisk): Promise<Engine> {
  return openEngine({
    modules: [diskModule(() => disk.root), partModule(CLOCK, disk.clock), partModule(RANDOM, disk.random)],
    settings: { preallocateBytes: 0 },
  });
}

async function foldTopic(engine: Engine): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const { records } = await engine.topic(TOPIC).read(0, 0);
  for (const { key, value } of records) found.set(String(key), String(value));
  return found;
}
