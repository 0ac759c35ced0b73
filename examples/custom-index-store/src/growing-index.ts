import type { IndexEntry, SegmentIndex } from 'seglog';

/** Where the index of one segment is kept. */
export interface IndexPlace {
  keep(coveredUpTo: number, entries: readonly IndexEntry[]): Promise<void>;
  forget(): Promise<void>;
}

export interface IndexContent {
  readonly firstPosition: number;
  /** How far the kept index reaches; `firstPosition` when there is none. */
  readonly coveredUpTo: number;
  readonly entries: readonly IndexEntry[];
}

/** The index of a segment that takes appends, in memory. Entries come in order, so a lookup halves its way to the answer. */
export class GrowingIndex implements SegmentIndex {
  readonly #firstPosition: number;
  readonly #place: IndexPlace;
  #entries: IndexEntry[];
  #coveredUpTo: number;
  /** Changes of the place, one after the other. */
  #changes: Promise<void> = Promise.resolve();

  public constructor({ firstPosition, coveredUpTo, entries }: IndexContent, place: IndexPlace) {
    this.#firstPosition = firstPosition;
    this.#coveredUpTo = coveredUpTo;
    this.#entries = [...entries];
    this.#place = place;
  }

  public append(entry: IndexEntry): void {
    this.#entries.push(entry);
  }

  public floor(offset: number): number {
    return this.#lastWhere((entry) => entry.offset <= offset);
  }

  public floorByTime(timestampMs: number): number {
    return this.#lastWhere((entry) => entry.maxTimestampMs < timestampMs);
  }

  /** What is kept must not describe frames that are gone. */
  public truncateAfter(position: number): void {
    this.#entries = this.#entries.filter((entry) => entry.position < position);
    if (this.#coveredUpTo <= position) return;
    this.#coveredUpTo = this.#firstPosition;
    this.#change(() => this.#place.forget()).catch(() => undefined);
  }

  public async flush(coveredUpTo: number): Promise<void> {
    const entries = [...this.#entries];
    await this.#change(() => this.#place.keep(coveredUpTo, entries));
    this.#coveredUpTo = coveredUpTo;
  }

  public async close(): Promise<void> {
    await this.#changes;
  }

  #change(change: () => Promise<void>): Promise<void> {
    const done = this.#changes.then(change);
    this.#changes = done.catch(() => undefined);
    return done;
  }

  /** `holds` is true for entries up to some place and false from there on. */
  #lastWhere(holds: (entry: IndexEntry) => boolean): number {
    let [low, high] = [0, this.#entries.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.#entries[middle];
      if (entry !== undefined && holds(entry)) low = middle + 1;
      else high = middle;
    }
    return this.#entries[low - 1]?.position ?? this.#firstPosition;
  }
}
