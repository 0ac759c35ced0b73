import type { ProducerStamp } from '../contract/record.js';
import { requireSafeInteger } from '../invariant.js';

const MAX_EPOCH = 2 ** 32 - 1;
const MAX_ID_BYTES = 128;

/** Throws `TypeError` or `RangeError` for a stamp that breaks its contract, alone or with `count` records behind it. */
export function requireProducerStamp(stamp: ProducerStamp, count: number): void {
  requireProducerId(stamp.id);
  requireSafeInteger(stamp.epoch, 'producer epoch');
  if (stamp.epoch > MAX_EPOCH) {
    throw new RangeError(`producer epoch must be at most ${MAX_EPOCH}, not ${stamp.epoch}`);
  }
  requireSafeInteger(stamp.sequence, 'producer sequence');
  requireSafeInteger(count, 'count', { min: 1 });
  requireSafeInteger(stamp.sequence + count, 'producer sequence after the batch');
}

function requireProducerId(id: unknown): void {
  if (typeof id !== 'string') throw new TypeError(`producer id must be a string, not ${typeof id}`);
  const bytes = utf8Bytes(id);
  if (bytes === undefined) throw new RangeError('producer id must be text without lone surrogates');
  if (bytes < 1 || bytes > MAX_ID_BYTES) {
    throw new RangeError(`producer id must be 1 to ${MAX_ID_BYTES} bytes of UTF-8, not ${bytes}`);
  }
}

/** Undefined for text that UTF-8 cannot hold: two ids must not become one on the disk. */
function utf8Bytes(text: string): number | undefined {
  if (text.length > MAX_ID_BYTES) return text.length;
  return /\p{Surrogate}/u.test(text) ? undefined : new TextEncoder().encode(text).length;
}
