/** Deeper data is refused in both directions; a cycle is endlessly deep. */
export const MAX_CBOR_DEPTH = 128;

const MAX_U64 = 2n ** 64n - 1n;

/** Throws `TypeError` for a value that would not come back as it is. */
export function requirePlainValue(root: unknown): void {
  if (requireLeaf(root)) return;
  // Depth first, so that a wide value with shared parts costs time, not memory.
  const open: Iterator<unknown>[] = [membersOf(root)];
  while (open.length > 0) {
    const { value, done } = (open[open.length - 1] as Iterator<unknown>).next();
    if (done === true) open.pop();
    else if (!requireLeaf(value)) open.push(membersOf(value));
    if (open.length > MAX_CBOR_DEPTH)
      throw new TypeError(`CBOR data is at most ${MAX_CBOR_DEPTH} levels deep`);
  }
}

/** True for a value without members. */
function requireLeaf(value: unknown): boolean {
  if (typeof value === 'string') return requireText(value);
  if (typeof value === 'object') return value === null || value instanceof Uint8Array;
  if (typeof value === 'function' || typeof value === 'symbol')
    throw new TypeError(`CBOR holds no ${typeof value}`);
  if (typeof value === 'bigint' && (value > MAX_U64 || value < -MAX_U64)) {
    throw new TypeError('a bigint in CBOR has at most 64 bits');
  }
  return true;
}

function membersOf(value: unknown): Iterator<unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (Array.isArray(value) && prototype === Array.prototype) return (value as unknown[]).values();
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError('CBOR holds plain objects, arrays and Uint8Array, no instances of other classes');
  }
  const plain = value as Record<string, unknown>;
  if (Object.getOwnPropertySymbols(plain).length > 0)
    throw new TypeError('an object in CBOR has string keys only');
  for (const key of Object.keys(plain)) requireKey(key);
  return Object.values(plain).values();
}

function requireKey(key: string): void {
  if (key === '__proto__') throw new TypeError('an object in CBOR has no member __proto__');
  requireText(key);
}

function requireText(text: string): true {
  if (!text.isWellFormed()) throw new TypeError('a text with a lone surrogate has no UTF-8');
  return true;
}
