import type { IndexEntry } from 'seglog';
import type { IndexDatabase } from './level-index.js';

/** 2^53 has 16 digits: numbers of one length sort as text does. */
const DIGITS = 16;

/**
 * The keys of one segment, in the order in which LevelDB keeps them:
 *
 *     <id>!covered             how far the entries reach
 *     <id>!o!<offset>          an entry, as position and timestamp
 *     <id>!t!<timestamp + 1>!<position>   the same entry, found by its running highest timestamp
 */
export class SegmentKeys {
  readonly #id: string;

  public constructor(id: string) {
    this.#id = id;
  }

  public get covered(): string {
    return `${this.#id}!covered`;
  }

  public offset(offset: number): string {
    return `${this.#id}!o!${digits(offset)}`;
  }

  /** Without a position it sorts before every entry of that time. */
  public time(timestampMs: number, position?: number): string {
    return `${this.#id}!t!${digits(timestampMs + 1)}!${position === undefined ? '' : digits(position)}`;
  }

  public async entries(database: IndexDatabase): Promise<IndexEntry[]> {
    const range = { gte: `${this.#id}!o!`, lt: `${this.#id}!o~` };
    const rows = await database.iterator(range).all();
    return rows.map(([key, value]) => {
      const [position = 0, maxTimestampMs = -1] = value.split(' ').map(Number);
      return { offset: Number(key.slice(-DIGITS)), position, maxTimestampMs };
    });
  }

  /** The entries and how far they reach become durable in one step, in place of what was there. */
  public async keep(
    database: IndexDatabase,
    index: { readonly coveredUpTo: number; readonly entries: readonly IndexEntry[] },
  ): Promise<void> {
    await this.forget(database);
    const batch = database.batch();
    for (const { offset, position, maxTimestampMs } of index.entries) {
      batch.put(this.offset(offset), `${position} ${maxTimestampMs}`);
      batch.put(this.time(maxTimestampMs, position), `${position}`);
    }
    batch.put(this.covered, `${index.coveredUpTo}`);
    await batch.write({ sync: true });
  }

  /** Durable with the first step: entries that are left over without it are never believed. */
  public async forget(database: IndexDatabase): Promise<void> {
    await database.del(this.covered, { sync: true });
    await database.clear({ gte: `${this.#id}!`, lt: `${this.#id}~` });
  }
}

function digits(value: number): string {
  return value.toString().padStart(DIGITS, '0');
}
