import type { AppendRequest } from './append-request.js';

/** Something that must run alone, between two groups of appends: a roll, a truncation, a close. */
export class ExclusiveStep {
  public readonly run: () => Promise<void>;
  public readonly abandon: (cause: unknown) => void;

  public constructor(run: () => Promise<void>, abandon: (cause: unknown) => void) {
    this.run = run;
    this.abandon = abandon;
  }
}

export type LineItem = AppendRequest | ExclusiveStep;

/** Room for so many is kept when all of them have been taken. */
const KEPT_ITEMS = 1024;

/** A queue over a flat array: taking from the head moves no element, and a long line costs no more than a short one. */
export class RequestLine {
  #items: (LineItem | undefined)[] = [];
  #head = 0;
  #end = 0;

  public get length(): number {
    return this.#end - this.#head;
  }

  /** The item `index` places behind the head, or undefined. */
  public at(index: number): LineItem | undefined {
    return this.#items[this.#head + index];
  }

  public push(item: LineItem): void {
    this.#items[this.#end++] = item;
  }

  /** Removes `count` items from the head. */
  public drop(count: number): void {
    for (let i = 0; i < count; i++) this.#items[this.#head++] = undefined;
    if (this.#head === this.#end) {
      if (this.#end > KEPT_ITEMS) this.#items = [];
      this.#head = 0;
      this.#end = 0;
    } else if (this.#head > KEPT_ITEMS && this.#head * 2 > this.#end) {
      this.#replace(this.#rest());
    }
  }

  /** Puts items back before the head, in order. */
  public putBack(items: readonly LineItem[]): void {
    this.#replace([...items, ...this.#rest()]);
  }

  /** Takes everything. */
  public clear(): readonly LineItem[] {
    const all = this.#rest().filter((item) => item !== undefined);
    this.#replace([]);
    return all;
  }

  #rest(): (LineItem | undefined)[] {
    return this.#items.slice(this.#head, this.#end);
  }

  #replace(items: (LineItem | undefined)[]): void {
    this.#items = items;
    this.#head = 0;
    this.#end = items.length;
  }
}
