import type { RandomSource } from '../contract/random-source.js';
import { requireSafeInteger } from '../invariant.js';

const MOST_BYTES = 64;

/** Chance from the operating system, fit for ids that must never repeat. */
export class SystemRandom implements RandomSource {
  public bytes(count: number): Uint8Array {
    requireSafeInteger(count, 'count', { min: 1 });
    if (count > MOST_BYTES) throw new RangeError(`count must be at most ${MOST_BYTES}, not ${count}`);
    return globalThis.crypto.getRandomValues(new Uint8Array(count));
  }
}
