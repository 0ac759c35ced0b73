/** A queue over a flat array: taking from its head moves no element. */
export class Fifo<T> {
  #items: (T | undefined)[] = [];
  #head = 0;

  public get length(): number {
    return this.#items.length - this.#head;
  }

  /** The item that was pushed first. */
  public get first(): T | undefined {
    return this.#items[this.#head];
  }

  public push(item: T): void {
    this.#items.push(item);
  }

  /** Removes the first item. */
  public shift(): void {
    this.#items[this.#head++] = undefined;
    if (this.#head < this.#items.length && (this.#head < 1024 || this.#head * 2 < this.#items.length)) return;
    this.#items = this.#items.slice(this.#head);
    this.#head = 0;
  }
}
