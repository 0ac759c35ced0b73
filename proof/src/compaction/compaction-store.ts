import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  bytes,
  type CompactionModuleOptions,
  compactionModule,
  type Engine,
  openEngine,
  type PartitionLog,
  preadModule,
  type RecordInput,
  syncModule,
  type Topic,
} from 'seglog';

/** Key and value: together the 100 bytes that the figures speak of. */
const KEY_BYTES = 16;
const VALUE = new Uint8Array(84).fill(7);
const BATCH = 1000;

/** An engine on a folder of its own, with one topic of one partition that compacts. */
export interface CompactionStore {
  readonly engine: Engine;
  readonly topic: Topic<Uint8Array, Uint8Array>;
  readonly partition: PartitionLog;
  /** Closes the engine and removes the folder. */
  dispose(): Promise<void>;
}

export async function openCompactionStore(options: CompactionModuleOptions = {}): Promise<CompactionStore> {
  const directory = mkdtempSync(join(tmpdir(), 'seglog-compaction-'));
  const engine = await openEngine({
    modules: [preadModule(directory), syncModule('never'), compactionModule(options)],
    settings: { maxSegmentBytes: 64 * 2 ** 20, deleteDelayMs: 0 },
  });
  const makings = { partitions: 1, key: bytes(), value: bytes(), cleanupPolicy: 'compact' as const };
  const topic = await engine.createTopic('t', makings);
  const dispose = async (): Promise<void> => {
    await engine.close();
    rmSync(directory, { recursive: true, force: true });
  };
  return { engine, topic, partition: await topic.partition(0), dispose };
}

/** Appends `count` records, the key of each by its number, in batches of 1,000. */
export async function fill(
  { partition }: CompactionStore,
  count: number,
  keyOf: (record: number) => number,
): Promise<void> {
  for (let first = 0; first < count; first += BATCH) {
    const records: RecordInput[] = [];
    for (let i = first; i < Math.min(count, first + BATCH); i += 1) {
      records.push({ key: Buffer.from(String(keyOf(i)).padStart(KEY_BYTES, '0')), value: VALUE });
    }
    await partition.append(records);
  }
  await partition.sync();
}
