import type { Tally } from './contender.js';
import { KEY_BYTES } from './record-block.js';

/** Makes of a payload the object with offset, key and value that a user of a key-value store would make, and counts it. */
export function countRecord(tally: Tally, offset: number, payload: Uint8Array): void {
  const record = { offset, key: payload.subarray(0, KEY_BYTES), value: payload.subarray(KEY_BYTES) };
  tally.records += record.key.length === KEY_BYTES ? 1 : 0;
  tally.firstBytes += record.value[0] ?? 0;
}
