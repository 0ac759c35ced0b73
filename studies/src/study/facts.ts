/** A set, as the program knows it: it asked for it, and later was told that it is done. */
export interface SetFact {
  readonly phase: 'asked' | 'told';
  readonly key: string;
  /** No two sets have the same. */
  readonly value: string;
}

export type Found = ReadonlyMap<string, string>;

/** Why an acknowledged value is not there: each key has the value acknowledged last, or one asked for since. */
export function lostIn(found: Found, facts: readonly SetFact[]): string | undefined {
  for (const { phase, key, value } of facts.toReversed()) {
    const there = found.get(key);
    if (phase === 'asked' || place(facts, key, there) >= place(facts, key, value)) continue;
    return `${key} was acknowledged as ${shown(value)} and is ${shown(there)}`;
  }
  return undefined;
}

/**
 * Why what is there was never there before: a value that nobody set for its key, or a set without another one that had
 * been acknowledged before it was asked for.
 */
export function mixedIn(found: Found, facts: readonly SetFact[]): string | undefined {
  for (const [key, value] of found) {
    const asked = place(facts, key, value);
    if (asked === -1) return `${key} is ${shown(value)}, which was never set`;
    for (const fact of facts.slice(0, asked)) {
      const there = found.get(fact.key);
      if (fact.phase === 'asked' || place(facts, fact.key, there) >= place(facts, fact.key, fact.value))
        continue;
      return `${key} is ${shown(value)}, yet before that ${fact.key} was acknowledged as ${shown(fact.value)} and is ${shown(there)}`;
    }
  }
  return undefined;
}

/** When it was asked for; -1 when never. */
function place(facts: readonly SetFact[], key: string, value: string | undefined): number {
  return facts.findIndex((fact) => fact.key === key && fact.value === value);
}

function shown(value: string | undefined): string {
  if (value === undefined) return 'missing';
  return value.length <= 12 ? `'${value}'` : `'${value.slice(0, 9)}…' (${value.length} characters)`;
}
