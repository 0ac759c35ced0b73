import type { LogSummary, SegmentSummary } from '../place/stored-facts.js';
import { escapedText } from './escape.js';

/** What the letters of a map mean. */
export const MAP_LEGEND =
  '= sealed   # compacted   > active   . below the log start, waiting to be removed   | next segment   i indexed';

const NAME_COLUMNS = 24;

/** The segments of each log, to one scale for all of them: the largest log fills the line. */
export function mapLines(logs: readonly LogSummary[], columns: number): readonly string[] {
  const width = Math.max(20, columns - NAME_COLUMNS - 2);
  const largest = Math.max(
    1,
    ...logs.map(({ segments }) => segments.reduce((sum, one) => sum + one.frameBytes, 0)),
  );
  const lines = logs.flatMap((log) => {
    const name = escapedText(log.name).slice(0, NAME_COLUMNS).padEnd(NAME_COLUMNS);
    const bars = log.segments.map((segment) => {
      const letters = Math.max(1, Math.round((segment.frameBytes / largest) * (width - log.segments.length)));
      return {
        bar: letterOf(segment, log).repeat(letters),
        index: (segment.indexed ? 'i' : ' ').repeat(letters),
      };
    });
    return [
      `${name} ${bars.map(({ bar }) => bar).join('|')}`,
      `${' '.repeat(NAME_COLUMNS)} ${bars.map(({ index }) => index).join('|')}`,
    ];
  });
  return [...lines, MAP_LEGEND];
}

function letterOf(segment: SegmentSummary, { offsets }: LogSummary): string {
  if (offsets !== undefined && segment.sealed && segment.nextOffset <= offsets.logStart) return '.';
  if (!segment.sealed) return '>';
  return segment.compacted ? '#' : '=';
}
