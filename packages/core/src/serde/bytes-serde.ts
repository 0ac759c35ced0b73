import type { Serde } from '../contract/serde.js';

/** Bytes as they are, copied in both directions. */
export function bytes(): Serde<Uint8Array> {
  return { name: 'bytes', serialize: copyOf, deserialize: copyOf };
}

/** A plain `Uint8Array` with a buffer of its own, also from a `Buffer`, whose slice would share. */
function copyOf(source: Uint8Array): Uint8Array {
  if (!(source instanceof Uint8Array)) throw new TypeError('the bytes serde holds Uint8Array only');
  return new Uint8Array(source);
}
