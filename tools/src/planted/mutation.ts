/** One bug, planted by replacing one piece of text in one source file of the engine. */
export interface Mutation {
  /** What the engine does wrong. */
  readonly name: string;
  /** Below `packages`: `core/src/log/log-tail.ts`. */
  readonly file: string;
  /** Stands there exactly once: otherwise the bug is no bug any more, and the table says so. */
  readonly find: string;
  readonly replace: string;
  /** The case that notices it; the others are tried where it does not. */
  readonly by: string;
}

/** One engine with one bug. */
export interface PlantedBug {
  readonly name: string;
  /** The case that notices it. */
  readonly by: string;
  readonly mutation?: Mutation;
  /** Name of a bug at a seam. */
  readonly seam?: string;
}
