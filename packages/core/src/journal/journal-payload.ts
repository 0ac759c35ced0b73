import { SeglogError } from '../contract/error.js';
import type { JsonValue } from './json-value.js';

/** Edits of one frame of a snapshot together stay near this. */
const PACK_CHARACTERS = 256 * 1024;

/** The payload of one frame. `RECORD_TOO_LARGE` beyond `maxBytes`. */
export function encodeEdits(edits: readonly JsonValue[], maxBytes: number): Uint8Array {
  const payload = new TextEncoder().encode(JSON.stringify(edits));
  if (payload.length <= maxBytes) return payload;
  throw new SeglogError('RECORD_TOO_LARGE', 'an edit of the journal is too large', {
    bytes: payload.length,
    maxBytes,
  });
}

/** The payloads of a snapshot: it becomes valid as one file, so its edits may be spread over frames. */
export function packEdits(edits: readonly JsonValue[], maxBytes: number): readonly Uint8Array[] {
  const payloads: Uint8Array[] = [];
  let pack: JsonValue[] = [];
  let characters = 0;
  for (const edit of edits) {
    const length = JSON.stringify(edit).length;
    if (pack.length > 0 && characters + length > Math.min(PACK_CHARACTERS, maxBytes / 4)) {
      payloads.push(encodeEdits(pack, maxBytes));
      pack = [];
      characters = 0;
    }
    pack.push(edit);
    characters += length;
  }
  if (pack.length > 0) payloads.push(encodeEdits(pack, maxBytes));
  return payloads;
}
