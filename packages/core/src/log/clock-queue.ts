/** What a {@link ClockQueue} holds. */
export interface Recent {
  /** It was used since room was last looked for. */
  recent: boolean;
}

/** Says what goes first when room is needed (CLOCK): what was used since the hand came by is passed over once. */
export class ClockQueue<T extends Recent> {
  readonly #queue: T[] = [];
  readonly #places = new Map<T, number>();
  #hand = 0;

  public push(entry: T): void {
    this.#places.set(entry, this.#queue.length);
    this.#queue.push(entry);
  }

  /** What goes next; undefined when nothing is left. It stays until it is removed. */
  public next(): T | undefined {
    while (this.#queue.length > 0) {
      const entry = this.#queue[this.#hand];
      if (entry === undefined) this.#hand = 0;
      else if (!entry.recent) return entry;
      else {
        entry.recent = false;
        this.#hand++;
      }
    }
    return undefined;
  }

  /** Takes out what is in; the last one takes its place: order means little here. */
  public remove(entry: T): void {
    const at = this.#places.get(entry);
    if (at === undefined) return;
    this.#places.delete(entry);
    const last = this.#queue.pop();
    if (last === undefined || last === entry) return;
    this.#queue[at] = last;
    this.#places.set(last, at);
  }
}
