import type { Findings } from './finding.js';
import type { StoredIndex, StoredIndexEntry } from './stored-index.js';

/** Holds a sidecar that is believed against the frames of its segment, as they pass in order. */
export class IndexCheck {
  readonly #file: string;
  readonly #index: StoredIndex;
  readonly #findings: Findings;
  #next = 0;
  #before: StoredIndexEntry = { offset: -1, position: -1, maxTimestampMs: -1 };

  public constructor(file: string, index: StoredIndex, findings: Findings) {
    this.#file = file;
    this.#index = index;
    this.#findings = findings;
  }

  /** A good frame starts at `position`; no record before it has a higher timestamp than `maxTimestampMs`. */
  public frame(position: number, baseOffset: number, maxTimestampMs: number): void {
    for (let entry = this.#peek(); entry !== undefined && entry.position <= position; entry = this.#peek()) {
      const right =
        entry.position === position &&
        entry.offset === baseOffset &&
        entry.maxTimestampMs === maxTimestampMs &&
        this.#ascends(entry);
      this.#take(entry, right);
    }
  }

  /** Frames end at `endPosition`. Where they end in a bad one, nobody knows where those behind it start. */
  public end(endPosition: number, broken: boolean): void {
    for (let entry = this.#peek(); entry !== undefined; entry = this.#peek()) {
      if (broken && entry.position >= endPosition) return;
      this.#take(entry, false);
    }
  }

  /** Entries below `position` are not looked at. */
  public skipTo(position: number): void {
    for (let entry = this.#peek(); entry !== undefined && entry.position < position; entry = this.#peek())
      this.#take(entry, true);
  }

  #peek(): StoredIndexEntry | undefined {
    return this.#index.entries[this.#next];
  }

  #ascends({ offset, position }: StoredIndexEntry): boolean {
    return (
      offset > this.#before.offset && position > this.#before.position && position < this.#index.coveredUpTo
    );
  }

  #take(entry: StoredIndexEntry, right: boolean): void {
    this.#next += 1;
    this.#before = entry;
    if (right) return;
    const message = `the entry for offset ${entry.offset} points to byte ${entry.position}, where no such frame starts`;
    this.#findings.damage('I10', this.#file, message, entry.position);
  }
}
