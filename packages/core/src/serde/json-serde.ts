import type { Serde } from '../contract/serde.js';
import { decodeUtf8, encodeUtf8 } from './strict-utf8.js';

/**
 * Whatever `JSON.stringify` can write, with its rules: `undefined` members vanish, `NaN` becomes null, `toJSON` is asked.
 * `T` is trusted: check what you read if others write.
 */
export function json<T>(): Serde<T> {
  return {
    name: 'json',
    serialize: (value) => encodeUtf8(stringified(value)),
    deserialize: (bytes) => parsed(decodeUtf8(bytes)) as T,
  };
}

/**
 * Throws `TypeError` for what has no JSON: undefined, functions, symbols, bigints and cycles. Bytes have one of a kind, an
 * object of numbers, that nobody wants back.
 */
function stringified(value: unknown): string {
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
    throw new TypeError('bytes are not written as JSON: create the topic with `value: bytes()`');
  }
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) throw new TypeError(`a value of type ${typeof value} has no JSON`);
  return text;
}

/** The parser's own error quotes the text, which may be secret. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new TypeError('the bytes are not JSON');
  }
}
