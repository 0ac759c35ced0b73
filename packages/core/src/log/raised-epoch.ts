import type { LogComponents } from './log-components.js';

/**
 * The epoch of what is written from now on: above `seen`, the highest that the log knows of. A log without a writer session
 * counts for itself.
 */
export async function raisedEpoch({ epochs }: Pick<LogComponents, 'epochs'>, seen: number): Promise<number> {
  return Math.max((await epochs?.raiseEpoch()) ?? 0, seen + 1);
}
