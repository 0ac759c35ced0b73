import type { RollReason } from '../contract/segment-facts.js';
import { SEGMENT_FOOTER_BYTES } from '../segment/segment-footer.js';
import type { LogSettings } from './log-settings.js';

export interface RollQuestion {
  readonly endPosition: number;
  readonly firstPosition: number;
  readonly baseOffset: number;
  readonly nextOffset: number;
  /** Age of the active segment in milliseconds. */
  readonly ageMs: number;
  /** What is about to be written. */
  readonly bytes: number;
  readonly records: number;
}

/** Why the active segment must be rolled before a write, or undefined. A segment without frames is never rolled for room. */
export function rollReason(
  question: RollQuestion,
  settings: Pick<LogSettings, 'maxSegmentBytes' | 'maxSegmentAgeMs' | 'maxSegmentOffsets'>,
): RollReason | undefined {
  if (question.endPosition === question.firstPosition) return undefined;
  if (question.endPosition + question.bytes + SEGMENT_FOOTER_BYTES > settings.maxSegmentBytes) return 'size';
  if (question.ageMs >= settings.maxSegmentAgeMs) return 'age';
  const span = question.nextOffset + question.records - question.baseOffset;
  return span > settings.maxSegmentOffsets ? 'offset-range' : undefined;
}
