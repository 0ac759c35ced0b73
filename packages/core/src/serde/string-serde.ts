import type { Serde } from '../contract/serde.js';
import { decodeUtf8, encodeUtf8 } from './strict-utf8.js';

/** Text as UTF-8. A text with a lone surrogate has no UTF-8 and is refused, not altered. */
export function string(): Serde<string> {
  return { name: 'string', serialize: encodeUtf8, deserialize: decodeUtf8 };
}
