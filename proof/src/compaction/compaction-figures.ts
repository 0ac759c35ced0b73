import { exactOffsetMap, type OffsetMapFactory, SeglogError } from 'seglog';
import { type CompactionStore, fill, openCompactionStore } from './compaction-store.js';

/** What one compaction did, and how fast. */
export interface CompactionSpeed {
  readonly recordsPerSecond: number;
  /** Share of the records that stayed. */
  readonly survivors: number;
  /** Bytes of frames afterwards, over those of a fresh log with the same records. */
  readonly diskRatio: number;
}

/** About one record in ten survives: each key comes ten times or so, anywhere in the log. */
export async function measureSpeed(records: number): Promise<CompactionSpeed> {
  const [store, fresh] = [await openCompactionStore(), await openCompactionStore()];
  try {
    const keys = Math.ceil(records / 10);
    await fill(store, records, (record) => (Math.imul(record, 2_654_435_761) >>> 7) % keys);
    const startMs = performance.now();
    const removed = await store.engine.cleanup.compact('t');
    const seconds = (performance.now() - startMs) / 1000;
    await fill(fresh, records - removed, (record) => record);
    const diskRatio = store.engine.stats().bytes / fresh.engine.stats().bytes;
    return { recordsPerSecond: records / seconds, survivors: 1 - removed / records, diskRatio };
  } finally {
    await store.dispose();
    await fresh.dispose();
  }
}

/** A map that met more keys than it can hold. */
export interface FullMap {
  readonly passes: number;
  readonly largestMapBytes: number;
  readonly removed: number;
}

/** Every key comes once, and then some come again: the map is full long before the end, and a later pass goes on. */
export async function measureManyKeys(keys: number, maxBytes: number): Promise<FullMap> {
  const found = { passes: 0, largestMapBytes: 0 };
  const inner = exactOffsetMap({ maxBytes });
  const offsetMap: OffsetMapFactory = {
    name: inner.name,
    create(expected) {
      const map = inner.create(expected);
      found.passes += 1;
      return {
        get size() {
          return map.size;
        },
        get memoryBytes() {
          return map.memoryBytes;
        },
        put: (source, position, keyBytes, offset) => {
          const taken = map.put(source, position, keyBytes, offset);
          if (!taken) found.largestMapBytes = Math.max(found.largestMapBytes, map.memoryBytes);
          return taken;
        },
        latest: (source, position, keyBytes) => map.latest(source, position, keyBytes),
      };
    },
  };
  const store = await openCompactionStore({ offsetMap });
  try {
    await fill(store, keys, (record) => record);
    await fill(store, 1000, (record) => record);
    const removed = await store.engine.cleanup.compact('t');
    return { ...found, removed };
  } finally {
    await store.dispose();
  }
}

/** What readers saw while everything under them was cleaned. */
export interface CleanedReading {
  readonly recordsRead: number;
  readonly compactions: number;
  /** Offsets out of order, gaps that nobody declared, errors that are not "out of range". */
  readonly violations: number;
}

/** Eight readers go over the log again and again, during appends, rolls, retention and compaction. */
export async function measureReaders(durationMs: number): Promise<CleanedReading> {
  const store = await openCompactionStore();
  const found = { recordsRead: 0, compactions: 0, violations: 0 };
  const deadline = performance.now() + durationMs;
  const isOver = (): boolean => performance.now() >= deadline;
  try {
    await store.topic.configure({ cleanupPolicy: 'compact,delete', cleanup: { retentionRecords: 50_000 } });
    await fill(store, 10_000, (record) => record % 100);
    await Promise.all([
      disturb(store, isOver, found),
      ...Array.from({ length: 8 }, () => readAgainAndAgain(store, isOver, found)),
    ]);
    return found;
  } finally {
    await store.dispose();
  }
}

async function disturb(
  store: CompactionStore,
  isOver: () => boolean,
  found: { compactions: number },
): Promise<void> {
  for (let round = 0; !isOver(); round += 1) {
    await fill(store, 5000, (record) => (record * 31 + round) % 20_000);
    await store.partition.roll();
    if (round % 3 === 0) found.compactions += (await store.engine.cleanup.compact('t')) > 0 ? 1 : 0;
    if (round % 5 === 0) await store.engine.cleanup.run();
  }
}

async function readAgainAndAgain(
  { partition }: CompactionStore,
  isOver: () => boolean,
  found: { recordsRead: number; violations: number },
): Promise<void> {
  while (!isOver()) {
    try {
      await readOnce(partition, isOver, found);
    } catch (error) {
      if (!SeglogError.is(error, 'OFFSET_OUT_OF_RANGE')) found.violations += 1;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function readOnce(
  partition: CompactionStore['partition'],
  isOver: () => boolean,
  found: { recordsRead: number; violations: number },
): Promise<void> {
  let [from, last] = [partition.offsets().logStart, -1];
  while (from < partition.offsets().highWatermark && !isOver()) {
    const { records, gaps, nextOffset } = await partition.read(from);
    const covered = gaps.reduce((sum, gap) => sum + gap.to - gap.from, records.length);
    if (covered !== nextOffset - from) found.violations += 1;
    for (const { offset } of records) {
      if (offset <= last) found.violations += 1;
      last = offset;
    }
    found.recordsRead += records.length;
    from = nextOffset;
  }
}
