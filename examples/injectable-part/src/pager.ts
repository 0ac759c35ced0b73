import type { ServiceIdentifier } from 'inversify';

/** Reaches a person. */
export interface Pager {
  /** Syncs that take this long are slow. */
  readonly slowMs: number;
  page(message: string): void;
}

/** The token of a part of our own, in the container of the engine. */
export const PAGER: ServiceIdentifier<Pager> = Symbol.for('injectable-part/pager');
