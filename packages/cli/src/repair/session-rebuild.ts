import {
  crc32c,
  holdsLog,
  type KnownFormats,
  openStoredSegment,
  readJournalFrames,
  readSession,
  restoreSession,
  SeglogError,
  SlotFile,
  type StorageDirectory,
  SystemRandom,
  walkStoredFrames,
} from '@seglog/core';

/**
 * So many epochs may have been given that no file tells of: to writers that wrote nothing, or whose records are gone, and to
 * producers that noted theirs. There are 2^32 of them, so a leap costs nothing.
 */
const LEAP = 2 ** 20;
const MAX_EPOCH = 2 ** 32 - 1;

/** What a session that is lost, or behind its frames, would be made to. */
export interface SessionPlan {
  /** What is the matter with the session; undefined when nothing is, and nothing is to be done. */
  readonly complaint: string | undefined;
  /** Highest writer epoch that any file tells of. */
  readonly found: number;
  /** Epoch of the session that would be written. */
  readonly epoch: number;
  /** Segments that cannot be looked into: their codec or checksum is not known. */
  readonly unknown: readonly string[];
}

/** Reads every frame of a data root for its epoch. Changes nothing. */
export async function planSession(root: StorageDirectory, formats: KnownFormats): Promise<SessionPlan> {
  const search: Search = { formats, epoch: 0, unknown: [] };
  await searchDirectory(root, '', search);
  const { epoch: found, unknown } = search;
  const epoch = found + LEAP <= MAX_EPOCH ? found + LEAP : found + 1;
  return { complaint: await complaintAbout(root, found), found, epoch, unknown };
}

/** Writes the session. The caller holds the lock of the root. */
export function rebuildSession(root: StorageDirectory, { epoch }: SessionPlan): Promise<void> {
  return restoreSession(root, epoch, { random: new SystemRandom(), checksum: crc32c() });
}

async function complaintAbout(root: StorageDirectory, found: number): Promise<string | undefined> {
  try {
    const session = await readSession(root, crc32c());
    if (session === undefined) return found > 0 ? 'there is no session' : undefined;
    if (session.epoch >= found) return undefined;
    return `the session is of epoch ${session.epoch}, and frames of epoch ${found}: it is an older one`;
  } catch (error) {
    if (SeglogError.is(error, 'CORRUPT_METADATA')) return 'the session is missing or damaged';
    throw error;
  }
}

interface Search {
  readonly formats: KnownFormats;
  epoch: number;
  readonly unknown: string[];
}

/** Logs lie three directories deep at most, copies of a repair one deeper. */
const MAX_DEPTH = 4;

async function searchDirectory(directory: StorageDirectory, path: string, search: Search): Promise<void> {
  if (await holdsLog(directory)) await searchLog(directory, path, search);
  if (path.split('/').length > MAX_DEPTH) return;
  for (const { name, kind } of await directory.list()) {
    if (kind !== 'directory') continue;
    await searchDirectory(await directory.directory(name, { create: false }), `${path}${name}/`, search);
  }
}

async function searchLog(directory: StorageDirectory, path: string, search: Search): Promise<void> {
  const { value } = await SlotFile.read(directory, 'MARK', crc32c());
  note(search, value);
  for (const { name, kind } of await directory.list()) {
    if (kind !== 'file') continue;
    if (/^MANIFEST-\d+$/.test(name)) {
      const { pieces } = await readJournalFrames(directory, name, crc32c());
      for (const piece of pieces)
        if (piece.kind === 'edit') for (const edit of piece.edits) note(search, edit);
    } else if (/^\d{20}-[0-9a-f]{16}\.log$/.test(name)) {
      await searchSegment(directory, { file: name, path }, search);
    }
  }
}

async function searchSegment(
  directory: StorageDirectory,
  { file, path }: { readonly file: string; readonly path: string },
  search: Search,
): Promise<void> {
  const segment = await openStoredSegment(directory, file, search.formats);
  try {
    if (typeof segment.header !== 'string' && segment.codec === undefined) search.unknown.push(path + file);
    await walkStoredFrames(segment, (piece) => {
      if (piece.kind !== 'frame') return true;
      note(search, piece.header);
      return true;
    });
  } finally {
    await segment.reader.close();
  }
}

function note(search: Search, stored: unknown): void {
  const epoch: unknown =
    typeof stored === 'object' && stored !== null && 'epoch' in stored ? stored.epoch : 0;
  if (Number.isSafeInteger(epoch)) search.epoch = Math.max(search.epoch, Number(epoch));
}
