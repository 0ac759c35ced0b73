import type { SegmentName } from '../contract/segment-facts.js';
import { invariant } from '../invariant.js';

/** `<base offset, 20 digits>-<segment id>.idx`: beside its segment, under the same name. */
export function indexFileName({ baseOffset, id }: SegmentName): string {
  invariant(/^[0-9a-f]{16}$/.test(id), 'a segment id is 16 lowercase hexadecimal digits');
  invariant(Number.isSafeInteger(baseOffset) && baseOffset >= 0, 'a base offset is a safe integer');
  return `${String(baseOffset).padStart(20, '0')}-${id}.idx`;
}

/** Where an index is written before it takes its name. What a crash leaves of it is removed by the next flush. */
export function temporaryIndexFileName(name: SegmentName): string {
  return `${indexFileName(name)}.tmp`;
}
