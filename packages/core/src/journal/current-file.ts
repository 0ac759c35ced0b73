import type { Checksum } from '../contract/checksum.js';
import type { StorageDirectory } from '../contract/storage-directory.js';
import { FileBytes } from './file-bytes.js';
import { corruptJournal } from './journal-error.js';

export const CURRENT: string = 'CURRENT';
export const CURRENT_TEMPORARY: string = 'CURRENT.tmp';
const MAX_BYTES = 512;

/** What `CURRENT` says: the one file that counts, by name and by its own id. */
export interface CurrentName {
  readonly file: string;
  readonly number: number;
  /** 32 lowercase hexadecimal digits. */
  readonly id: string;
}

/** Undefined when there is no `CURRENT`; `CORRUPT_METADATA` when there is one that cannot be believed. */
export async function readCurrent(
  directory: StorageDirectory,
  prefix: string,
  checksum: Checksum,
): Promise<CurrentName | undefined> {
  const bytes = await FileBytes.open(directory, CURRENT);
  if (bytes === undefined) return undefined;
  try {
    const text = new TextDecoder('latin1').decode(await bytes.view(0, MAX_BYTES));
    return parse(text, prefix, checksum);
  } finally {
    await bytes.close();
  }
}

/** Writes what {@link swapCurrent} makes valid. */
export async function prepareCurrent(
  directory: StorageDirectory,
  current: CurrentName,
  checksum: Checksum,
): Promise<void> {
  await directory.remove(CURRENT_TEMPORARY);
  const file = await directory.create(CURRENT_TEMPORARY);
  try {
    await file.write(0, [new TextEncoder().encode(line(current, checksum))]);
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * The commit point of a creation and of a rewrite: every reader and every crash sees the old name or the new one. What
 * the prepared file names is durable before the call.
 */
export async function swapCurrent(directory: StorageDirectory): Promise<void> {
  await directory.rename(CURRENT_TEMPORARY, CURRENT);
  await directory.sync();
}

export function journalFileName(prefix: string, number: number): string {
  return `${prefix}-${number}`;
}

/** The number of a journal file; undefined for any other name. */
export function journalFileNumber(prefix: string, name: string): number | undefined {
  if (!name.startsWith(`${prefix}-`)) return undefined;
  const digits = name.slice(prefix.length + 1);
  return /^[1-9]\d{0,14}$/.test(digits) ? Number(digits) : undefined;
}

/** `<file> <id> <checksum of what stands before, 8 hexadecimal digits>` and a newline. */
function line(current: CurrentName, checksum: Checksum): string {
  const named = `${current.file} ${current.id} `;
  const bytes = new TextEncoder().encode(named);
  return `${named}${checksum.of(bytes, 0, bytes.length, 0).toString(16).padStart(8, '0')}\n`;
}

function parse(text: string, prefix: string, checksum: Checksum): CurrentName {
  const [file = '', id = ''] = text.split(' ');
  const number = journalFileNumber(prefix, file);
  if (number !== undefined && /^[0-9a-f]{32}$/.test(id)) {
    const current = { file, number, id };
    if (line(current, checksum) === text) return current;
  }
  throw corruptJournal('the file that names the journal is damaged', { file: CURRENT, position: 0 });
}
