/**
 * A change that the program sees and a power cut may take back. `order` is unique and ascending over the whole disk;
 * `index` is the mutating call that made it (removing a full directory makes several changes).
 */
export interface Pending<Change> {
  readonly order: number;
  readonly index: number;
  readonly change: Change;
  /** Stable already, but not yet folded into the durable state, because something unstable lies before it. */
  readonly settled: boolean;
  /** A failed sync has forgotten it: no later sync writes it, yet it may have reached the medium. */
  readonly orphaned: boolean;
}

export interface Layers<State, Change> {
  readonly durable: State;
  readonly pending: readonly Pending<Change>[];
}

/** Makes the `covered` changes stable. What an unstable change precedes stays in line, so that order is kept. */
export function settle<State, Change>(
  { durable, pending }: Layers<State, Change>,
  covered: (order: number) => boolean,
  apply: (state: State, change: Change) => State,
): Layers<State, Change> {
  if (pending.length === 0) return { durable, pending };
  const line = pending.map((one) =>
    one.settled || one.orphaned || !covered(one.order) ? one : settledOne(one),
  );
  let folded = durable;
  let count = 0;
  for (const one of line) {
    if (!one.settled) break;
    folded = apply(folded, one.change);
    count += 1;
  }
  return { durable: folded, pending: line.slice(count) };
}

function settledOne<Change>({ order, index, change, orphaned }: Pending<Change>): Pending<Change> {
  return { order, index, change, settled: true, orphaned };
}

/** What a failed sync leaves behind: the pages count as clean, and nobody will write them again. */
export function orphan<Change>(
  pending: readonly Pending<Change>[],
  covered: (order: number) => boolean,
): readonly Pending<Change>[] {
  return pending.map((one) => (one.settled || !covered(one.order) ? one : { ...one, orphaned: true }));
}
