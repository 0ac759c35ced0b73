import type { Checksum } from '../contract/checksum.js';
import { SeglogError } from '../contract/error.js';
import type { StorageDirectory } from '../contract/storage-directory.js';
import {
  journalLeftovers,
  type NamedContent,
  readJournal,
  requireNeverUsed,
} from '../journal/journal-open.js';
import type { Findings } from './finding.js';

/** The limit under which every journal of ours was written. */
const MAX_FRAME_BYTES = 16 * 1024 * 1024;

/** The journal that `CURRENT` names; undefined when it cannot be read, which is a finding then. */
export async function readStoredJournal(
  directory: StorageDirectory,
  prefix: 'MANIFEST' | 'CATALOG',
  checksum: Checksum,
  findings: Findings,
): Promise<NamedContent | undefined> {
  try {
    const place = { prefix, checksum, maxFrameBytes: MAX_FRAME_BYTES, shared: true };
    const content = await readJournal(directory, place);
    const { name, end, tornBytes, skipped, settled } = content;
    const what = prefix.toLowerCase();
    if (tornBytes > 0) findings.leftover(name, `${tornBytes} torn bytes at the end of the ${what}`, end);
    if (!settled)
      findings.note(name, `nothing proves the last edit of the ${what} durable: opening writes it again`);
    for (const { position, bytes } of skipped)
      findings.derived(name, `${bytes} bytes of the ${what} that no edit stands in cannot be read`, position);
    return content;
  } catch (error) {
    if (!SeglogError.is(error)) throw error;
    const { file, position } = error.facts;
    const place = typeof position === 'number' ? position : undefined;
    findings.damage('I11', typeof file === 'string' ? file : 'CURRENT', error.message, place);
    return undefined;
  }
}

/** Whether a directory without `CURRENT` never had one: rejects with `CORRUPT_METADATA` where it shows that it had. */
export async function neverHadJournal(
  directory: StorageDirectory,
  prefix: 'CATALOG',
  checksum: Checksum,
): Promise<boolean> {
  if ((await directory.sizeOf('CURRENT')) !== undefined) return false;
  await requireNeverUsed(directory, await journalLeftovers(directory, prefix, undefined), {
    prefix,
    checksum,
  });
  return true;
}
