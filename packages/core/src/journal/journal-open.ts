import type { Checksum } from '../contract/checksum.js';
import { SeglogError } from '../contract/error.js';
import type { StorageDirectory } from '../contract/storage-directory.js';
import {
  CURRENT,
  CURRENT_TEMPORARY,
  type CurrentName,
  journalFileNumber,
  readCurrent,
} from './current-file.js';
import { FileBytes } from './file-bytes.js';
import { hexadecimal } from './hexadecimal.js';
import { corruptJournal } from './journal-error.js';
import { type JournalContent, scanJournal, showsUse } from './journal-scan.js';

export interface JournalPlace {
  readonly prefix: string;
  readonly checksum: Checksum;
}

export interface NamedContent extends JournalContent {
  readonly name: string;
  /** Bytes behind the last good frame. */
  readonly tornBytes: number;
}

/** How often a reader without the lock looks again when the writer replaced the file under it. */
const MAX_LOOKS = 8;

/**
 * Reads the journal that `CURRENT` names, and no other. Beside a live writer (`shared`), a file that is gone is looked
 * for again as long as `CURRENT` changes.
 */
export async function readJournal(
  directory: StorageDirectory,
  place: JournalPlace & { readonly maxFrameBytes: number; readonly shared: boolean },
): Promise<NamedContent> {
  let current = await requireCurrent(directory, place);
  for (let look = 1; ; look += 1) {
    const content = await readNamed(directory, current, place);
    if (content !== undefined) return content;
    const again = await requireCurrent(directory, place);
    if (!place.shared || again.file === current.file || look === MAX_LOOKS) {
      throw corruptJournal('the journal that CURRENT names is missing', { file: current.file });
    }
    current = again;
  }
}

/** Files of a journal that `CURRENT` does not name, and its temporary: what an unfinished creation or rewrite leaves. */
export async function journalLeftovers(
  directory: StorageDirectory,
  prefix: string,
  named: string | undefined,
): Promise<readonly string[]> {
  const entries = await directory.list();
  return entries
    .filter(({ name, kind }) => kind === 'file' && name !== named)
    .filter(({ name }) => name === CURRENT_TEMPORARY || journalFileNumber(prefix, name) !== undefined)
    .map(({ name }) => name);
}

/**
 * Without `CURRENT`, journal files are what an unfinished creation left, unless one of them shows that it was in use:
 * then `CURRENT` was lost, and `CORRUPT_METADATA` says so.
 */
export async function requireNeverUsed(
  directory: StorageDirectory,
  leftovers: readonly string[],
  place: JournalPlace,
): Promise<void> {
  for (const file of leftovers) {
    if (file !== CURRENT_TEMPORARY && (await wasUsed(directory, file, place.checksum))) {
      throw corruptJournal(`the file ${CURRENT} that names the journal is missing`, {
        file: CURRENT,
        found: file,
      });
    }
  }
}

async function wasUsed(directory: StorageDirectory, file: string, checksum: Checksum): Promise<boolean> {
  const bytes = await FileBytes.open(directory, file);
  if (bytes === undefined) return false;
  try {
    return await showsUse(bytes, { file, checksum });
  } catch (error) {
    // A header that cannot be read is the trace of a creation that was cut short.
    if (SeglogError.is(error, 'CORRUPT_METADATA')) return false;
    throw error;
  } finally {
    await bytes.close();
  }
}

async function requireCurrent(directory: StorageDirectory, place: JournalPlace): Promise<CurrentName> {
  const current = await readCurrent(directory, place.prefix, place.checksum);
  if (current !== undefined) return current;
  throw corruptJournal(`the file ${CURRENT} that names the journal is missing`, { file: CURRENT });
}

async function readNamed(
  directory: StorageDirectory,
  current: CurrentName,
  options: { readonly checksum: Checksum; readonly maxFrameBytes: number },
): Promise<NamedContent | undefined> {
  const bytes = await FileBytes.open(directory, current.file);
  if (bytes === undefined) return undefined;
  try {
    const content = await scanJournal(bytes, { ...options, file: current.file });
    if (current.id !== hexadecimal(content.header.id)) {
      throw corruptJournal('the journal is not the file that CURRENT names', { file: current.file });
    }
    return { ...content, name: current.file, tornBytes: bytes.sizeBytes - content.end };
  } finally {
    await bytes.close();
  }
}
