import {
  bytes,
  type ContainerModule,
  compactionModule,
  compactLog,
  type Engine,
  exactOffsetMap,
  neverCompact,
  openEngine,
  planCompaction,
} from 'seglog';
import { type IndexChange, type IndexEntry, OrderedIndex } from './ordered-index.js';

/** A write: a null value deletes the key. */
export interface Write {
  readonly key: Uint8Array;
  readonly value: Uint8Array | null;
}

const TOPIC = 'data';

/**
 * The store without its shape: one partition of a topic that compacts, and the index of its latest records in memory. A write
 * is an append; the index follows when the append is durable, in the order of the log.
 */
export class DataLog {
  public index: OrderedIndex;
  readonly #engine: Engine;
  readonly #partition: Awaited<ReturnType<Engine['log']>>;
  readonly #writes = new Set<Promise<unknown>>();
  /** Those who may still read records that the index has left behind. */
  readonly #holds = new Set<Hold>();
  readonly #abort = new AbortController();

  private constructor(
    engine: Engine,
    partition: Awaited<ReturnType<Engine['log']>>,
    entries: readonly IndexEntry[],
  ) {
    this.#engine = engine;
    this.#partition = partition;
    this.index = OrderedIndex.of(entries);
  }

  public static async open(
    modules: readonly ContainerModule[],
    options: { readonly createIfMissing: boolean; readonly errorIfExists: boolean },
  ): Promise<DataLog> {
    // The store knows best when to compact: no round must take what a snapshot still shows.
    const engine = await openEngine({
      modules: [...modules, compactionModule({ strategy: neverCompact() })],
    });
    try {
      const exists = engine.topics().some(({ name }) => name === TOPIC);
      if (exists && options.errorIfExists) throw new Error('the database exists');
      if (!exists && !options.createIfMissing) throw new Error('the database does not exist');
      const parts = { key: bytes(), value: bytes() };
      await engine.getOrCreateTopic(TOPIC, { ...parts, partitions: 1, cleanupPolicy: 'compact' });
      const partition = await engine.log(TOPIC, 0);
      return new DataLog(engine, partition, await latestOf(partition));
    } catch (error) {
      await engine.close();
      throw error;
    }
  }

  /** All of the writes or none, durable when it resolves. */
  public write(writes: readonly Write[]): Promise<void> {
    const written = this.#write(writes);
    this.#writes.add(written);
    const forget = (): boolean => this.#writes.delete(written);
    written.then(forget, forget);
    return written;
  }

  /** The value of the record at an offset that some index of this store names, or named while a hold was taken. */
  public async valueAt(offset: number): Promise<Uint8Array>;
  public async valueAt(offset: number | undefined): Promise<Uint8Array | undefined>;
  public async valueAt(offset: number | undefined): Promise<Uint8Array | undefined> {
    if (offset === undefined) return undefined;
    const { records } = await this.#partition.read(offset, { maxRecords: 1 });
    const [record] = records;
    if (record?.offset !== offset || record.value === null) throw new Error(`no value at offset ${offset}`);
    return record.value;
  }

  /** Until it is released, everything that the index names now can be read, whatever is compacted. */
  public hold(): () => void {
    const hold = new Hold();
    this.#holds.add(hold);
    return () => {
      this.#holds.delete(hold);
      hold.release();
    };
  }

  /**
   * Removes what newer records have replaced. From the barrier on every index is newer than all that is compacted; who took
   * a hold before is waited for.
   */
  public async compact(): Promise<number> {
    const { maintenance } = this.#partition;
    await this.#partition.roll();
    const sealed = maintenance.segments().filter((segment) => segment.sealed);
    await Promise.allSettled(this.#writes);
    await Promise.all([...this.#holds].map(({ released }) => released));
    const times = { nowMs: Date.now(), deleteRetentionMs: 0 };
    const plan = planCompaction(sealed, { first: 0, end: sealed.length }, times);
    const { recordsRemoved } = await compactLog(
      {
        maintenance,
        offsetMap: exactOffsetMap(),
        signal: this.#abort.signal,
        onRead: () => undefined,
        onRemoved: () => undefined,
      },
      plan,
    );
    return recordsRemoved;
  }

  public async close(): Promise<void> {
    this.#abort.abort();
    await this.#engine.close();
  }

  async #write(writes: readonly Write[]): Promise<void> {
    const { baseOffset } = await this.#partition.append(writes);
    for (const [nth, { key, value }] of writes.entries()) {
      const change: IndexChange = { key, offset: value === null ? undefined : baseOffset + nth };
      this.index = this.index.with(change);
    }
  }
}

/** Somebody who still reads. */
class Hold {
  public readonly released: Promise<void>;
  #release: (() => void) | undefined;

  public constructor() {
    this.released = new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  public release(): void {
    this.#release?.();
  }
}

/** Reads the log once, from its start: the latest record of each key. */
async function latestOf(partition: Awaited<ReturnType<Engine['log']>>): Promise<readonly IndexEntry[]> {
  const latest = new Map<string, IndexEntry>();
  await partition.scan(partition.offsets().logStart, ({ key, valueBytes, offset }) => {
    if (key === null) return;
    const name = Buffer.from(key).toString('latin1');
    if (valueBytes < 0) latest.delete(name);
    else latest.set(name, { key: key.slice(), offset });
  });
  return [...latest.values()];
}
