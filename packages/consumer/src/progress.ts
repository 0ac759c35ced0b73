interface Waiter {
  readonly partition: number;
  readonly offset: number;
  readonly resolve: () => void;
  readonly reject: (cause: unknown) => void;
}

/** How far each partition was taken in, and who waits for it. */
export class Progress {
  readonly #offsets = new Map<number, number>();
  #waiters: Waiter[] = [];
  #end: { readonly cause: unknown } | undefined;

  /** Resolves when the partition was taken in below `offset`; rejects when that will not happen any more. */
  public reached(partition: number, offset: number): Promise<void> {
    if ((this.#offsets.get(partition) ?? 0) >= offset) return Promise.resolve();
    if (this.#end !== undefined) return Promise.reject(this.#end.cause);
    return new Promise((resolve, reject) => {
      this.#waiters.push({ partition, offset, resolve, reject });
    });
  }

  public advance(partition: number, offset: number): void {
    this.#offsets.set(partition, offset);
    if (this.#waiters.length === 0) return;
    const done = (waiter: Waiter): boolean => waiter.partition === partition && waiter.offset <= offset;
    for (const waiter of this.#waiters.filter(done)) waiter.resolve();
    this.#waiters = this.#waiters.filter((waiter) => !done(waiter));
  }

  public end(cause: unknown): void {
    this.#end ??= { cause };
    for (const waiter of this.#waiters) waiter.reject(this.#end.cause);
    this.#waiters = [];
  }
}
