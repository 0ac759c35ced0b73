import type { RecoveryReport } from 'seglog';

const VERDICTS: Readonly<Record<NonNullable<RecoveryReport['truncated']>['verdict'], string>> = {
  preallocated: 'of zeros ahead of the writer',
  torn: 'of a frame that was not written to its end',
  reordered: 'of frames behind one that was never written',
  ambiguous: 'of a last frame that does not hold',
};

/** What opening a partition found and did, as a sentence. */
export function recoveryInWords(report: RecoveryReport): string {
  const { clean, scannedBytes, truncated, quarantined, gaps, rebuilt, durationMs, offsets } = report;
  if (clean) return `was closed cleanly and ends at offset ${offsets.logEnd}`;
  const parts = [`was cut off: ${bytes(scannedBytes)} scanned in ${durationMs.toFixed(1)} ms`];
  if (truncated !== undefined) {
    parts.push(`${bytes(truncated.bytes)} ${VERDICTS[truncated.verdict]} cut from the end`);
  }
  if (quarantined.length > 0) parts.push(`${quarantined.length} copies kept in quarantine`);
  if (rebuilt.length > 0) parts.push(`${rebuilt.length} indexes made anew`);
  for (const { from, to } of gaps) parts.push(`offsets ${from} to ${to - 1} are lost`);
  return `${parts.join(', ')}; it ends at offset ${offsets.logEnd}`;
}

export function bytes(count: number): string {
  if (count < 1024) return `${count} B`;
  return count < 1024 ** 2 ? `${(count / 1024).toFixed(1)} KiB` : `${(count / 1024 ** 2).toFixed(1)} MiB`;
}
