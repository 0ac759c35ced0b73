import type { Checksum } from '../contract/checksum.js';
import { SeglogError } from '../contract/error.js';
import type { StorageDirectory } from '../contract/storage-directory.js';
import { invariant } from '../invariant.js';
import {
  type CurrentName,
  journalFileNumber,
  prepareCurrent,
  readCurrent,
  swapCurrent,
} from './current-file.js';
import { FileBytes } from './file-bytes.js';
import { hexadecimal } from './hexadecimal.js';
import { decodeJournalHeader, JOURNAL_HEADER_BYTES } from './journal-header.js';

/**
 * Lets `CURRENT` name the only journal there is, where `CURRENT` is missing or cannot be believed: no engine does so by
 * itself, because a newer journal may be missing, too. Resolves with the name of the journal; with undefined, and without a
 * change, where `CURRENT` can be read, or where there is no journal or more than one. Durable when it resolves; cut short, it
 * can be done again. The caller sees to it that nobody has the journal open.
 */
export async function restoreCurrent(
  directory: StorageDirectory,
  prefix: string,
  checksum: Checksum,
): Promise<string | undefined> {
  if (await isReadable(directory, prefix, checksum)) return undefined;
  const entries = await directory.list();
  const files = entries
    .map(({ name }) => name)
    .filter((name) => journalFileNumber(prefix, name) !== undefined);
  const [file] = files;
  if (file === undefined || files.length > 1) return undefined;
  const named = await nameOf(directory, { file, prefix, checksum });
  if (named === undefined) return undefined;
  await prepareCurrent(directory, named, checksum);
  await swapCurrent(directory);
  return file;
}

async function isReadable(directory: StorageDirectory, prefix: string, checksum: Checksum): Promise<boolean> {
  try {
    return (await readCurrent(directory, prefix, checksum)) !== undefined;
  } catch (error) {
    if (SeglogError.is(error, 'CORRUPT_METADATA')) return false;
    throw error;
  }
}

/** What `CURRENT` would say of a journal; undefined when its header is damaged. */
async function nameOf(
  directory: StorageDirectory,
  { file, prefix, checksum }: { readonly file: string; readonly prefix: string; readonly checksum: Checksum },
): Promise<CurrentName | undefined> {
  const bytes = await FileBytes.open(directory, file);
  const number = journalFileNumber(prefix, file);
  invariant(bytes !== undefined && number !== undefined, 'a journal that was listed is there');
  try {
    const header = decodeJournalHeader(await bytes.view(0, JOURNAL_HEADER_BYTES), file, checksum);
    return header.number === number ? { file, number, id: hexadecimal(header.id) } : undefined;
  } catch (error) {
    if (SeglogError.is(error, 'CORRUPT_METADATA')) return undefined;
    throw error;
  } finally {
    await bytes.close();
  }
}
