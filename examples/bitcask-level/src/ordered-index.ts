/** Where the value of a key lies: the offset of its latest record. */
export interface IndexEntry {
  readonly key: Uint8Array;
  readonly offset: number;
}

/** A change: undefined removes the key. */
export interface IndexChange {
  readonly key: Uint8Array;
  readonly offset: number | undefined;
}

/** Bounds of a range of keys, as abstract-level has them. */
export interface KeyRange {
  readonly gt?: Uint8Array | undefined;
  readonly gte?: Uint8Array | undefined;
  readonly lt?: Uint8Array | undefined;
  readonly lte?: Uint8Array | undefined;
}

type Leaf = readonly IndexEntry[];

const MAX_LEAF = 128;

/**
 * Keys in order, each with the offset of its record. An immutable value: a change makes another one that shares all leaves but
 * one, so a snapshot is nothing but the value itself.
 */
export class OrderedIndex {
  /** None of them empty. */
  readonly #leaves: readonly Leaf[];

  private constructor(leaves: readonly Leaf[]) {
    this.#leaves = leaves;
  }

  /** From entries in any order, each key once. */
  public static of(entries: readonly IndexEntry[]): OrderedIndex {
    const sorted = entries.toSorted((a, b) => Buffer.compare(a.key, b.key));
    const leaves: Leaf[] = [];
    for (let at = 0; at < sorted.length; at += MAX_LEAF) leaves.push(sorted.slice(at, at + MAX_LEAF));
    return new OrderedIndex(leaves);
  }

  public get(key: Uint8Array): number | undefined {
    const leaf = this.#leaves[this.#leafOf(key)];
    const entry = leaf?.[firstAtOrAbove(leaf, key)];
    return entry !== undefined && Buffer.compare(entry.key, key) === 0 ? entry.offset : undefined;
  }

  /** The index after a change. */
  public with({ key, offset }: IndexChange): OrderedIndex {
    const number = this.#leafOf(key);
    const leaf = this.#leaves[number] ?? [];
    const at = firstAtOrAbove(leaf, key);
    const found = leaf[at];
    const known = found !== undefined && Buffer.compare(found.key, key) === 0;
    if (!known && offset === undefined) return this;
    const changed = leaf.toSpliced(at, known ? 1 : 0, ...(offset === undefined ? [] : [{ key, offset }]));
    return new OrderedIndex(this.#leaves.toSpliced(number, 1, ...split(changed)));
  }

  /** The first entry of the range at or beyond `from`, in the direction of reading. */
  public first(range: KeyRange, reverse: boolean): IndexEntry | undefined {
    const entry = reverse ? this.#last(range) : this.#first(range);
    return entry !== undefined && within(entry.key, range) ? entry : undefined;
  }

  /** Every entry of a range, ascending. */
  public entries(range: KeyRange): readonly IndexEntry[] {
    return this.#leaves.flatMap((leaf) => leaf.filter(({ key }) => within(key, range)));
  }

  #first({ gt, gte }: KeyRange): IndexEntry | undefined {
    const bound = gte ?? gt;
    if (bound === undefined) return this.#leaves[0]?.[0];
    const number = this.#leafOf(bound);
    const leaf = this.#leaves[number] ?? [];
    let at = firstAtOrAbove(leaf, bound);
    if (gte === undefined && at < leaf.length && Buffer.compare(entryAt(leaf, at).key, bound) === 0) at += 1;
    return leaf[at] ?? this.#leaves[number + 1]?.[0];
  }

  #last({ lt, lte }: KeyRange): IndexEntry | undefined {
    const bound = lte ?? lt;
    if (bound === undefined) return this.#leaves.at(-1)?.at(-1);
    const number = this.#leafOf(bound);
    const leaf = this.#leaves[number] ?? [];
    let at = firstAtOrAbove(leaf, bound);
    const hit = at < leaf.length && Buffer.compare(entryAt(leaf, at).key, bound) === 0;
    if (lte === undefined || !hit) at -= 1;
    return at >= 0 ? leaf[at] : this.#leaves[number - 1]?.at(-1);
  }

  /** Number of the leaf that holds the key, or would: the last one that starts at or below it. */
  #leafOf(key: Uint8Array): number {
    let [low, high] = [0, this.#leaves.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (Buffer.compare(entryAt(this.#leaves[middle] ?? [], 0).key, key) <= 0) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

export function within(key: Uint8Array, { gt, gte, lt, lte }: KeyRange): boolean {
  if (gte !== undefined ? Buffer.compare(key, gte) < 0 : gt !== undefined && Buffer.compare(key, gt) <= 0)
    return false;
  return lte !== undefined ? Buffer.compare(key, lte) <= 0 : lt === undefined || Buffer.compare(key, lt) < 0;
}

function split(leaf: Leaf): readonly Leaf[] {
  if (leaf.length <= MAX_LEAF) return leaf.length === 0 ? [] : [leaf];
  const middle = leaf.length >>> 1;
  return [leaf.slice(0, middle), leaf.slice(middle)];
}

function firstAtOrAbove(leaf: Leaf, key: Uint8Array): number {
  let [low, high] = [0, leaf.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (Buffer.compare(entryAt(leaf, middle).key, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function entryAt(leaf: Leaf, at: number): IndexEntry {
  return leaf[at] as IndexEntry;
}
