/** An option that is a whole number from 1 on (a seed: from 0 on). Throws `RangeError`, naming the option. */
export function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new RangeError(`--${name} is a whole number, not ${JSON.stringify(text)}`);
}

/** An option that is one of some words. Throws `RangeError`, naming them. */
export function wordOf<T extends string>(name: string, text: string, words: readonly T[]): T {
  const found = words.find((word) => word === text);
  if (found !== undefined) return found;
  throw new RangeError(`--${name} is ${words.join(' or ')}, not ${JSON.stringify(text)}`);
}
