import type { SegmentName } from '../contract/segment-facts.js';

/** Name of the file that notes how far the active segment was proven durable. */
export const WATERMARK_FILE = 'MARK';

/**
 * A lower bound of what was durable when it was noted: written lazily and without a sync, so it may be missing or old,
 * and never claims too much. It tells damage of synced data from a torn tail.
 */
export interface Watermark {
  readonly segmentId: SegmentName['id'];
  readonly epoch: number;
  readonly durable: number;
}

/** Undefined for anything that is not a watermark. */
export function parseWatermark(value: unknown): Watermark | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!('segmentId' in value && 'epoch' in value && 'durable' in value)) return undefined;
  const { segmentId, epoch, durable } = value;
  if (typeof segmentId !== 'string' || !Number.isSafeInteger(epoch)) return undefined;
  if (!Number.isSafeInteger(durable)) return undefined;
  return { segmentId, epoch: Number(epoch), durable: Number(durable) };
}
