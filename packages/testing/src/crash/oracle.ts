/**
 * What a workload knows of itself: it notes what it is about to ask for and what it was told. A crash asks the oracle
 * what had been noted by then.
 */
export class Oracle<Fact> {
  readonly #facts: Fact[] = [];
  readonly #slices = new Map<number, readonly Fact[]>();

  /** Called before each fact is noted: a crash just before it knows only what was noted until then. */
  public onNote: (() => void) | undefined;

  public note(fact: Fact): void {
    this.onNote?.();
    this.#facts.push(fact);
  }

  public get count(): number {
    return this.#facts.length;
  }

  /** The first `count` facts; the same array each time, so that what is derived from it can be kept. */
  public first(count: number): readonly Fact[] {
    let slice = this.#slices.get(count);
    if (slice === undefined) {
      slice = this.#facts.slice(0, count);
      this.#slices.set(count, slice);
    }
    return slice;
  }
}
