import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Engine, openEngine, preadModule, walModule } from 'seglog';

export interface ReplayFigures {
  readonly recordsPerSecond: number;
  readonly parts: number;
  /** Memory of the process beyond what it held before. */
  readonly peakMiB: number;
}

const PARTITIONS = 10;
const BATCH = 100;

/**
 * Replays a write-ahead log onto partitions that have none of its records, as a power cut leaves them whose files were never
 * synced: the data root as it was before the writes, with the write-ahead log as it was after them.
 */
export async function measureReplay(load: {
  readonly directory: string;
  readonly records: number;
  readonly valueBytes: number;
}): Promise<ReplayFigures> {
  const directory = mkdtempSync(join(load.directory, 'replay-'));
  const [written, replayed] = [join(directory, 'written'), join(directory, 'replayed')];
  try {
    const first = await open(written);
    await first.createTopic('t', { partitions: PARTITIONS });
    await first.close();
    cpSync(written, replayed, { recursive: true });
    const second = await open(written);
    await write(second, load);
    rmSync(join(replayed, 'wal'), { recursive: true });
    cpSync(join(written, 'wal'), join(replayed, 'wal'), { recursive: true });
    await second.close();
    return await replay(replayed, load.records);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function replay(directory: string, records: number): Promise<ReplayFigures> {
  const before = process.memoryUsage().rss;
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 5);
  const engine = await open(directory);
  clearInterval(watch);
  const { applied = 0, durationMs = 0 } = engine.replayReport ?? {};
  const ends = await engine.topic('t').offsets();
  await engine.close();
  const found = ends.reduce((sum, { logEnd }) => sum + logEnd, 0);
  if (found !== records) throw new Error(`${found} of ${records} records are there after the replay`);
  return {
    recordsPerSecond: (records * 1000) / durationMs,
    parts: applied,
    peakMiB: (peak - before) / 2 ** 20,
  };
}

function open(directory: string): Promise<Engine> {
  const bound = 8 * 2 ** 30;
  return openEngine({
    modules: [preadModule(directory), walModule({ maxWalBytes: bound, checkpointBytes: bound })],
  });
}

async function write(
  engine: Engine,
  { records, valueBytes }: { records: number; valueBytes: number },
): Promise<void> {
  const value = new Uint8Array(valueBytes).fill(7);
  const batch = Array.from({ length: BATCH }, () => ({ value }));
  for (let from = 0; from < records; ) {
    const appends: Promise<unknown>[] = [];
    for (; appends.length < 200 && from < records; from += BATCH) {
      const log = await engine.log('t', (from / BATCH) % PARTITIONS);
      appends.push(log.append(batch.slice(0, Math.min(BATCH, records - from))));
    }
    await Promise.all(appends);
  }
}
