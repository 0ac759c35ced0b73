import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type ContainerModule, type Engine, openEngine, preadModule, walModule } from 'seglog';

export interface AppendLoad {
  /** A directory for data roots. */
  readonly directory: string;
  readonly partitions: number;
  readonly producers: number;
  readonly valueBytes: number;
  readonly seconds: number;
  /** Syncs on the event loop, which saves the way through a thread and stops everything else meanwhile. Default false. */
  readonly blockingSyncs?: boolean;
}

/** Until the compiler has seen everything that runs. */
const WARM_UP_SECONDS = 1;
const TURNS = 4;

/** Durable appends in a second, with a write-ahead log and without, in turns so that both meet the same machine. */
export async function compareAppends(
  load: AppendLoad,
): Promise<{ readonly ahead: number; readonly plain: number }> {
  await appendsPerSecond({ ...load, seconds: WARM_UP_SECONDS }, []);
  await appendsPerSecond({ ...load, seconds: WARM_UP_SECONDS }, [walModule()]);
  const part = { ...load, seconds: load.seconds / TURNS };
  let [ahead, plain] = [0, 0];
  for (let turn = 0; turn < TURNS; turn += 1) {
    plain += (await appendsPerSecond(part, [])) / TURNS;
    ahead += (await appendsPerSecond(part, [walModule()])) / TURNS;
  }
  return { ahead, plain };
}

async function appendsPerSecond(load: AppendLoad, modules: readonly ContainerModule[]): Promise<number> {
  const directory = mkdtempSync(join(load.directory, 'appends-'));
  const { blockingSyncs = false } = load;
  const engine = await openEngine({ modules: [preadModule(directory, { blockingSyncs }), ...modules] });
  try {
    await engine.createTopic('t', { partitions: load.partitions });
    await appendsWithin(engine, load, 0.3);
    const startedMs = performance.now();
    const appends = await appendsWithin(engine, load, load.seconds);
    return (appends * 1000) / (performance.now() - startedMs);
  } finally {
    await engine.close();
    rmSync(directory, { recursive: true });
  }
}

/** Each producer goes through all partitions, beginning with one of its own. */
async function appendsWithin(engine: Engine, load: AppendLoad, seconds: number): Promise<number> {
  const logs = await Promise.all(
    Array.from({ length: load.partitions }, (_, partition) => engine.log('t', partition)),
  );
  const value = new Uint8Array(load.valueBytes).fill(7);
  const endMs = performance.now() + seconds * 1000;
  let appends = 0;
  const produce = async (producer: number): Promise<void> => {
    const step = 1 + (producer % 7);
    for (let at = producer; performance.now() < endMs; at += step) {
      await logs[at % logs.length]?.append([{ value }], { acknowledge: 'synced' });
      appends += 1;
    }
  };
  await Promise.all(Array.from({ length: load.producers }, (_, producer) => produce(producer)));
  return appends;
}
