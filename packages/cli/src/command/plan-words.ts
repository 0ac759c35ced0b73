import type { RecoveryReport } from '@seglog/core';
import type { Refusal, Rehearsal } from '../place/rehearsal.js';
import { byteText, countOf } from '../text/units.js';

const VERDICTS = {
  preallocated: 'zeros that were written ahead; nothing is lost',
  torn: 'a frame whose end never reached the disk, as a crash leaves it',
  reordered: 'frames that reached the disk although one before them did not; none of them was proven synced',
  ambiguous: 'a whole frame that does not verify: torn, or damaged before anything proved it synced',
} as const;

/** What opening does to a log, in sentences. */
export function planWords(rehearsal: Rehearsal): readonly string[] {
  if (rehearsal.opens) return reportWords(rehearsal.report);
  const { refusal, readonly, salvage } = rehearsal;
  return [
    `refuses to open, and changes nothing: ${refusal.message}`,
    `with onCorruption 'readonly': ${outcomeWords(readonly)}`,
    `with onCorruption 'salvage': ${outcomeWords(salvage)}`,
  ];
}

export function reportWords(report: RecoveryReport): readonly string[] {
  const { truncated, quarantined, removed, gaps, scannedBytes, clean, offsets } = report;
  const words: string[] = [];
  if (clean) words.push('was closed cleanly: nothing is read');
  else words.push(`reads and verifies ${byteText(scannedBytes)} of the active segment`);
  if (truncated !== undefined) {
    const { bytes, file, position, verdict } = truncated;
    words.push(`cuts ${countOf(bytes, 'byte')} from byte ${position} of ${file}: ${VERDICTS[verdict]}`);
  }
  for (const copy of quarantined) words.push(`keeps a copy as ${copy}`);
  for (const file of removed) words.push(`removes ${file}: a leftover of a crash`);
  for (const { from, to } of gaps) words.push(`offsets ${from} to ${to - 1} are known to be lost`);
  words.push(`serves offsets ${offsets.logStart} to ${offsets.logEnd - 1}`.replace(/ to -1$/, ', none yet'));
  return words;
}

function outcomeWords(outcome: RecoveryReport | Refusal): string {
  if ('code' in outcome) return `refuses as well: ${outcome.message}`;
  const { offsets, gaps, quarantined } = outcome;
  const lost = gaps.reduce((total, { from, to }) => total + to - from, 0);
  const ranges = gaps.map(({ from, to }) => `${from} to ${to - 1}`).join(', ');
  const price =
    lost === 0
      ? 'without a loss in the active segment'
      : `without ${countOf(lost, 'record')} (offsets ${ranges})`;
  const copies = quarantined.length > 0 ? `; damaged bytes are kept as ${quarantined.join(', ')}` : '';
  return `opens up to offset ${offsets.logEnd}, ${price}${copies}`;
}
