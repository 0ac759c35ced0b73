/** Work under way that somebody will wait for, be it wanted by a caller or done in the background. */
export class WorkList {
  readonly #work: Set<Promise<unknown>> = new Set();

  /** Returns `work` itself. */
  public track<T>(work: Promise<T>): Promise<T> {
    this.#work.add(work);
    const forget = (): boolean => this.#work.delete(work);
    work.then(forget, forget);
    return work;
  }

  /** For work whose failure nobody needs to hear of. */
  public inBackground(work: Promise<unknown>): void {
    void this.track(work.catch(() => undefined));
  }

  /** Resolves when nothing is under way, whatever became of it. */
  public async idle(): Promise<void> {
    while (this.#work.size > 0) await Promise.allSettled(this.#work);
  }
}
