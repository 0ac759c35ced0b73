import type { Serde } from '../contract/serde.js';

/** Bytes as they are: lent to the append, and copied when they are read. */
export function bytes(): Serde<Uint8Array> {
  return { name: 'bytes', serialize: required, deserialize: copyOf };
}

function required(source: Uint8Array): Uint8Array {
  if (!(source instanceof Uint8Array)) throw new TypeError('the bytes serde holds Uint8Array only');
  return source;
}

/** A plain `Uint8Array` with a buffer of its own, also from a `Buffer`, whose slice would share. */
function copyOf(source: Uint8Array): Uint8Array {
  return new Uint8Array(required(source));
}
