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

/** A queue over a flat array: taking from the head moves no element, and a long line costs no more than a short one. */
export class RequestLine {
  #items: (LineItem | undefined)[] = [];
  #head = 0;

  public get length(): number {
    return this.#items.length - this.#head;
  }

  /** The item `index` places behind the head, or undefined. */
  public at(index: number): LineItem | undefined {
    return this.#items[this.#head + index];
  }

  public push(item: LineItem): void {
    this.#items.push(item);
  }

  /** Removes `count` items from the head. */
  public drop(count: number): void {
    for (let i = 0; i < count; i++) this.#items[this.#head++] = undefined;
    if (this.#head === this.#items.length) {
      this.#items = [];
      this.#head = 0;
    } else if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
  }

  /** Puts items back before the head, in order. */
  public putBack(items: readonly LineItem[]): void {
    this.#items = [...items, ...this.#items.slice(this.#head)];
    this.#head = 0;
  }

  /** Takes everything. */
  public clear(): readonly LineItem[] {
    const all = this.#items.slice(this.#head).filter((item) => item !== undefined);
    this.#items = [];
    this.#head = 0;
    return all;
  }
}
