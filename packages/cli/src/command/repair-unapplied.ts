import type { KnownFormats } from '@seglog/core';
import { PreadDirectory } from '@seglog/fs-pread';
import { EXIT, type ExitCode } from '../place/exit-code.js';
import { openStore } from '../place/open-place.js';
import { OverlayDirectory } from '../place/overlay-directory.js';
import { applyUnapplied, type UnappliedReport } from '../repair/unapplied.js';
import { countOf } from '../text/units.js';
import type { CommandCall } from './command-spec.js';
import { flagGiven } from './given.js';
import { printJson, printLines } from './output.js';

/** Brings back what no partition could take, or says what that would do: the same is done on a copy in memory then. */
export async function repairUnapplied(
  path: string,
  { terminal, options }: CommandCall,
  formats: KnownFormats,
): Promise<ExitCode> {
  const written = flagGiven(options, 'write');
  const report = written ? await applied(path, formats) : await rehearsed(path, formats);
  if (flagGiven(options, 'json')) await printJson(terminal, { written, ...(report ?? NOTHING) });
  else await printLines(terminal, reportLines(report, written));
  return report !== undefined && report.kept.length > 0 ? EXIT.found : EXIT.ok;
}

const NOTHING: UnappliedReport = { applied: 0, there: 0, kept: [] };

async function applied(path: string, formats: KnownFormats): Promise<UnappliedReport | undefined> {
  const disk = new PreadDirectory(path, { create: false });
  try {
    return await applyUnapplied(disk, formats);
  } finally {
    await disk.close();
  }
}

async function rehearsed(path: string, formats: KnownFormats): Promise<UnappliedReport | undefined> {
  const place = await openStore(path);
  try {
    return await applyUnapplied(new OverlayDirectory(place.directory), formats);
  } finally {
    await place.close();
  }
}

function reportLines(report: UnappliedReport | undefined, written: boolean): readonly string[] {
  if (report === undefined) return ['there is no wal-unapplied/: nothing was kept aside'];
  const lines: string[] = [];
  const { applied: brought, there, kept } = report;
  if (brought > 0) lines.push(`${countOf(brought, 'record')} brought to the partitions that lack them`);
  if (there > 0) lines.push(`${countOf(there, 'record')} that the partitions have`);
  for (const { topicId, partition, from, to, why } of kept)
    lines.push(`topic ${topicId}, partition ${partition}, offsets ${from} to ${to - 1}: kept, ${why}`);
  if (lines.length === 0) lines.push('wal-unapplied/ holds no record');
  if (!written) lines.push('nothing was written: keep a copy of the directory, then add --write');
  return lines;
}
