/** Runs tasks one after the other, in the order in which they were given. A failed task does not stop the next one. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve();
  #pending = 0;

  /** Tasks that are running or waiting. */
  public get pending(): number {
    return this.#pending;
  }

  /** Settles as `task` does. */
  public run<T>(task: () => Promise<T>): Promise<T> {
    this.#pending += 1;
    const result = this.#last.then(task).finally(() => {
      this.#pending -= 1;
    });
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Resolves when every task given so far has settled. */
  public async idle(): Promise<void> {
    await this.#last;
  }
}
