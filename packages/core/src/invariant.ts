/** Something that only a bug in Seglog can cause. Never caught, never expected. */
export class InvariantError extends Error {
  public override readonly name = 'InvariantError';
}

/** Guards what must hold: before bytes are written, and again after they are read. Always on. */
export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}

/** Guards an offset, position or size that comes from a caller. */
export function requireSafeInteger(value: number, name: string, { min = 0 }: { min?: number } = {}): void {
  if (Number.isSafeInteger(value) && value >= min) return;
  if (typeof value !== 'number') throw new TypeError(`${name} must be a number, not ${typeof value}`);
  throw new RangeError(`${name} must be a safe integer of at least ${min}, not ${value}`);
}

/** Guards a choice that comes from a caller. */
export function requireOneOf<T>(value: T, choices: readonly T[], name: string): void {
  if (choices.includes(value)) return;
  throw new RangeError(`${name} must be one of ${choices.join(', ')}, not ${String(value)}`);
}

/** Guards options that come from a caller: one that is misspelt must not be passed over. */
export function requireKnownOptions(options: object, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new TypeError(`options are an object with ${known.join(', ')}`);
  }
  const unknown = Object.entries(options).find(
    ([name, value]) => value !== undefined && !known.includes(name),
  );
  if (unknown === undefined) return;
  throw new RangeError(`there is no option ${unknown[0]}; there are ${known.join(', ')}`);
}
