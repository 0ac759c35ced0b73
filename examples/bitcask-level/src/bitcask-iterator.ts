import { AbstractIterator, type AbstractIteratorOptions } from 'abstract-level';
import type { DataLog } from './data-log.js';
import { type IndexEntry, type KeyRange, type OrderedIndex, within } from './ordered-index.js';

export interface BitcaskIteratorOptions extends KeyRange, AbstractIteratorOptions<Uint8Array, Uint8Array> {
  readonly reverse?: boolean;
  readonly keys?: boolean;
  readonly values?: boolean;
  readonly gt?: Uint8Array;
  readonly gte?: Uint8Array;
  readonly lt?: Uint8Array;
  readonly lte?: Uint8Array;
}

type Entry = [Uint8Array | undefined, Uint8Array | undefined];

/** Walks an index as it was when the iterator was made; values are read when they are asked for. */
export class BitcaskIterator extends AbstractIterator<object, Uint8Array, Uint8Array> {
  readonly #log: DataLog;
  readonly #index: OrderedIndex;
  readonly #options: BitcaskIteratorOptions;
  readonly #release: () => void;
  /** What is left of the range. */
  #range: KeyRange;
  #ended = false;

  public constructor(
    level: object,
    options: BitcaskIteratorOptions,
    { log, index }: { readonly log: DataLog; readonly index: OrderedIndex },
  ) {
    super(level, options);
    this.#log = log;
    this.#index = index;
    this.#options = options;
    this.#release = log.hold();
    this.#range = boundsOf(options);
  }

  public async _next(): Promise<Entry | undefined> {
    const entry = this.#step();
    return entry === undefined ? undefined : this.#show(entry);
  }

  public async _nextv(size: number): Promise<Entry[]> {
    return this.#take(size);
  }

  public async _all(): Promise<Entry[]> {
    return this.#take(this.limit - this.count);
  }

  public _seek(target: Uint8Array): void {
    const range = boundsOf(this.#options);
    this.#ended = !within(target, range);
    this.#range =
      this.#options.reverse === true ? { ...range, ...below(target) } : { ...range, ...above(target) };
  }

  public async _close(): Promise<void> {
    this.#release();
  }

  async #take(count: number): Promise<Entry[]> {
    const entries: IndexEntry[] = [];
    while (entries.length < count) {
      const entry = this.#step();
      if (entry === undefined) break;
      entries.push(entry);
    }
    return Promise.all(entries.map((entry) => this.#show(entry)));
  }

  #step(): IndexEntry | undefined {
    const reverse = this.#options.reverse === true;
    const entry = this.#ended ? undefined : this.#index.first(this.#range, reverse);
    if (entry === undefined) return undefined;
    const past = reverse ? { lt: entry.key, lte: undefined } : { gt: entry.key, gte: undefined };
    this.#range = { ...this.#range, ...past };
    return entry;
  }

  async #show({ key, offset }: IndexEntry): Promise<Entry> {
    const value = this.#options.values === false ? undefined : await this.#log.valueAt(offset);
    return [this.#options.keys === false ? undefined : key, value];
  }
}

export function boundsOf({ gt, gte, lt, lte }: KeyRange): KeyRange {
  return { gt, gte, lt, lte };
}

function above(target: Uint8Array): KeyRange {
  return { gte: target, gt: undefined };
}

function below(target: Uint8Array): KeyRange {
  return { lte: target, lt: undefined };
}
