/** Timers take no longer delay. */
const MAX_MS = 2 ** 31 - 1;

/** Milliseconds, fractions included: above 0, or from `min` on. */
export function requireMs(value: number, name: string, { min }: { readonly min?: number } = {}): void {
  requireNumber(value, name);
  const inRange = value <= MAX_MS && (min === undefined ? value > 0 : value >= min);
  if (!inRange) throw new RangeError(`${name} must be ${min ?? 'more than 0'} to ${MAX_MS} ms, not ${value}`);
}

/** A whole number of things, at least one. */
export function requireCount(value: number, name: string): void {
  requireNumber(value, name);
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new RangeError(`${name} must be a safe integer of at least 1, not ${value}`);
  }
}

function requireNumber(value: unknown, name: string): void {
  if (typeof value !== 'number') throw new TypeError(`${name} must be a number, not ${typeof value}`);
}
