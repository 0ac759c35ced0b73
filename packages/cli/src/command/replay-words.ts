import type { WalReplayReport } from '@seglog/wal';
import type { ReplayRehearsal } from '../place/replay-rehearsal.js';
import { countOf } from '../text/units.js';

/** What replaying the write-ahead log does, in sentences. */
export function replayPlanWords(rehearsal: ReplayRehearsal): readonly string[] {
  if (rehearsal.replays) return replayWords(rehearsal.report);
  const { refusal, salvage } = rehearsal;
  const outcome = 'code' in salvage ? [`refuses as well: ${salvage.message}`] : replayWords(salvage);
  return [
    `refuses to open: ${refusal.message}`,
    'at risk is every write that stands in it and not yet in its partition; nothing lets go of one meanwhile',
    ...outcome.map((words) => `with --salvage: ${words}`),
  ];
}

export function replayWords(report: WalReplayReport): readonly string[] {
  const { applied, skipped, deleted, quarantined, waiting, gaps, copy } = report;
  const words: string[] = [];
  const say = (count: number, sentence: string): void => {
    if (count > 0) words.push(`${countOf(count, 'write')} ${sentence}`);
  };
  say(applied, 'that only the write-ahead log has: brought to the partitions');
  say(skipped, 'that the partitions have already');
  say(deleted, 'of topics that were deleted: let go');
  say(quarantined, 'that no partition can take: kept in wal-unapplied/');
  say(waiting, 'of partitions that cannot be opened: they stay in the write-ahead log');
  for (const { from, to } of gaps) words.push(`entries ${from} to ${to - 1} of it are damaged, and lost`);
  if (copy !== undefined) words.push(`what is damaged of it was copied to ${copy}`);
  return words.length > 0 ? words : ['nothing to replay'];
}
