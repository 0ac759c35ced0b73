import type { SegmentName } from '../contract/segment-facts.js';

const SEGMENT_FILE = /^(\d{20})-([0-9a-f]{16})\.log$/;

/** `00000000000000000042-9f86d081884c7d65.log`: sorts by base offset, and is never used twice. */
export function segmentFileName(name: SegmentName): string {
  return `${String(name.baseOffset).padStart(20, '0')}-${name.id}.log`;
}

/** Undefined for a name that no segment of ours has. */
export function parseSegmentFileName(file: string): SegmentName | undefined {
  const match = SEGMENT_FILE.exec(file);
  if (match === null) return undefined;
  const baseOffset = Number(match[1]);
  const id = match[2];
  if (id === undefined || !Number.isSafeInteger(baseOffset)) return undefined;
  return { id, baseOffset };
}
