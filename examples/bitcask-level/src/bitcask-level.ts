import { type AbstractDatabaseOptions, AbstractLevel, AbstractSnapshot } from 'abstract-level';
import type { ContainerModule } from 'seglog';
import { BitcaskIterator, type BitcaskIteratorOptions, boundsOf } from './bitcask-iterator.js';
import { DataLog, type Write } from './data-log.js';
import type { KeyRange, OrderedIndex } from './ordered-index.js';

export interface BitcaskOptions<K, V> extends AbstractDatabaseOptions<K, V> {
  readonly createIfMissing?: boolean;
  readonly errorIfExists?: boolean;
}

interface Reading {
  readonly snapshot?: BitcaskSnapshot | undefined;
}

interface Operation {
  readonly type: 'put' | 'del';
  readonly key: Uint8Array;
  readonly value?: Uint8Array;
}

/** Its types leave out that it is made with the options that the database was asked with. */
const Snapshot: new (options: object) => AbstractSnapshot = AbstractSnapshot;

/** The index as it was; what it names stays readable until the snapshot is closed. */
class BitcaskSnapshot extends Snapshot {
  public readonly index: OrderedIndex;
  readonly #release: () => void;

  public constructor(options: object, log: DataLog) {
    super(options);
    this.index = log.index;
    this.#release = log.hold();
  }

  public async _close(): Promise<void> {
    this.#release();
  }
}

/**
 * A key-value store in the way of Bitcask: every write is an append to a log, every key is in memory with the place of its
 * value, and compaction removes what was replaced. Put together from Seglog's parts; behaves as any `abstract-level`.
 */
export class BitcaskLevel<K = string, V = string> extends AbstractLevel<Uint8Array, K, V> {
  readonly #modules: readonly ContainerModule[];
  #opened: DataLog | undefined;

  /** `modules` make the engine: `[preadModule('./data')]`, or `[memoryModule()]` in a test. */
  public constructor(modules: readonly ContainerModule[], options: BitcaskOptions<K, V> = {}) {
    const manifest = {
      encodings: { view: true },
      implicitSnapshots: true,
      explicitSnapshots: true,
      createIfMissing: true,
      errorIfExists: true,
      has: true,
      permanence: true,
    };
    super(manifest, options);
    this.#modules = modules;
  }

  /** Removes records that newer ones have replaced, and returns how many. Waits for snapshots and iterators that are open. */
  public compact(): Promise<number> {
    return this.#log.compact();
  }

  public async _open(options: { createIfMissing: boolean; errorIfExists: boolean }): Promise<void> {
    this.#opened = await DataLog.open(this.#modules, options);
  }

  public async _close(): Promise<void> {
    const log = this.#opened;
    this.#opened = undefined;
    await log?.close();
  }

  public async _put(key: Uint8Array, value: Uint8Array): Promise<void> {
    await this.#log.write([{ key, value }]);
  }

  public async _del(key: Uint8Array): Promise<void> {
    await this.#log.write([{ key, value: null }]);
  }

  public async _batch(operations: readonly Operation[]): Promise<void> {
    await this.#log.write(operations.map(writeOf));
  }

  public async _clear(options: KeyRange & Reading & { limit: number; reverse: boolean }): Promise<void> {
    const entries = this.#indexOf(options).entries(boundsOf(options));
    const ordered = options.reverse ? entries.toReversed() : entries;
    const chosen = options.limit < 0 ? ordered : ordered.slice(0, options.limit);
    if (chosen.length > 0) await this.#log.write(chosen.map(({ key }) => ({ key, value: null })));
  }

  public async _get(key: Uint8Array, options: Reading): Promise<Uint8Array | undefined> {
    const [value] = await this.#values([key], options);
    return value;
  }

  public async _getMany(keys: readonly Uint8Array[], options: Reading): Promise<(Uint8Array | undefined)[]> {
    return this.#values(keys, options);
  }

  public async _has(key: Uint8Array, options: Reading): Promise<boolean> {
    return this.#indexOf(options).get(key) !== undefined;
  }

  public async _hasMany(keys: readonly Uint8Array[], options: Reading): Promise<boolean[]> {
    const index = this.#indexOf(options);
    return keys.map((key) => index.get(key) !== undefined);
  }

  public _iterator(options: BitcaskIteratorOptions & Reading): BitcaskIterator {
    const place = { log: this.#log, index: this.#indexOf(options) };
    return new BitcaskIterator(this, options, place);
  }

  public _snapshot(options: object): BitcaskSnapshot {
    return new BitcaskSnapshot(options, this.#log);
  }

  async #values(keys: readonly Uint8Array[], options: Reading): Promise<(Uint8Array | undefined)[]> {
    const log = this.#log;
    const index = this.#indexOf(options);
    const release = log.hold();
    try {
      return await Promise.all(keys.map(async (key) => log.valueAt(index.get(key))));
    } finally {
      release();
    }
  }

  #indexOf({ snapshot }: Reading): OrderedIndex {
    return snapshot?.index ?? this.#log.index;
  }

  /** abstract-level calls what is private only while the database is open. */
  get #log(): DataLog {
    if (this.#opened === undefined) throw new Error('the database is not open');
    return this.#opened;
  }
}

function writeOf({ type, key, value }: Operation): Write {
  return { key, value: type === 'put' ? (value ?? new Uint8Array()) : null };
}
