import type { SegmentIndex } from 'seglog';
import type { IndexDatabase } from './level-index.js';
import type { SegmentKeys } from './segment-keys.js';

/** The index of a sealed segment: nothing is in memory, each lookup is one step back in the database. */
export class StoredIndex implements SegmentIndex {
  readonly #database: IndexDatabase;
  readonly #keys: SegmentKeys;
  readonly #firstPosition: number;

  public constructor(database: IndexDatabase, keys: SegmentKeys, firstPosition: number) {
    this.#database = database;
    this.#keys = keys;
    this.#firstPosition = firstPosition;
  }

  public append(): void {}

  public floor(offset: number): Promise<number> {
    return this.#before({ gte: this.#keys.offset(0), lte: this.#keys.offset(offset) });
  }

  public floorByTime(timestampMs: number): Promise<number> {
    return this.#before({ gte: this.#keys.time(-1), lt: this.#keys.time(timestampMs) });
  }

  public truncateAfter(): void {}

  public async flush(): Promise<void> {}

  public async close(): Promise<void> {}

  async #before(range: {
    readonly gte: string;
    readonly lte?: string;
    readonly lt?: string;
  }): Promise<number> {
    const [value] = await this.#database.values({ ...range, reverse: true, limit: 1 }).all();
    return value === undefined ? this.#firstPosition : Number(value.split(' ')[0]);
  }
}
