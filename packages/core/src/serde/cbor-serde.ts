import { Encoder } from 'cbor-x';
import type { Serde } from '../contract/serde.js';
import { decodePlainCbor } from './plain-cbor.js';
import { requirePlainValue } from './plain-value.js';

/**
 * Plain data as CBOR (RFC 8949): null, undefined, booleans, numbers, bigints within 64 bits, strings, `Uint8Array`,
 * arrays, and plain objects with string keys, at most 128 levels deep. Numbers come back as numbers and bigints as
 * bigints; an 8-byte integer, which only a bigint is written as, is read as a bigint. -0 becomes 0.
 *
 * Everything else is refused in both directions: tags above all, so that no bytes make a RegExp, an Error or a class.
 * `T` is trusted: check what you read if others write.
 */
export function cbor<T>(): Serde<T> {
  const encoder = new Encoder({ useRecords: false, tagUint8Array: false });
  return {
    name: 'cbor',
    serialize(value) {
      requirePlainValue(value);
      // The encoder lends a part of its pool.
      return new Uint8Array(encoder.encode(value));
    },
    deserialize: (bytes) => decodePlainCbor(bytes) as T,
  };
}
