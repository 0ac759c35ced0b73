import type { Checksum } from '../contract/checksum.js';
import { SeglogError } from '../contract/error.js';
import type { StorageDirectory } from '../contract/storage-directory.js';
import { FileBytes } from '../journal/file-bytes.js';
import { FRAME_HEADER_BYTES, JournalFrames } from '../journal/journal-frame.js';
import { decodeJournalHeader, JOURNAL_HEADER_BYTES, type JournalHeader } from '../journal/journal-header.js';

/** What stands at a place of a journal, in order and without holes. */
export type JournalPiece =
  | {
      readonly kind: 'edit' | 'mark';
      readonly position: number;
      readonly bytes: number;
      readonly sequence: number;
      readonly proven: number;
      /** Of a mark none. */
      readonly edits: readonly unknown[];
    }
  | { readonly kind: 'bad'; readonly position: number; readonly bytes: number };

export interface StoredJournal {
  /** The header, or what is wrong with it; then there are no pieces. */
  readonly header: JournalHeader | string;
  readonly pieces: readonly JournalPiece[];
}

/** The limit under which every journal of ours was written. */
const MAX_PAYLOAD_BYTES = 16 * 1024 * 1024;

/** Every frame of a journal file whose own checksums hold, and the bytes between. It asks no frame for its predecessor. */
export async function readJournalFrames(
  directory: StorageDirectory,
  file: string,
  checksum: Checksum,
): Promise<StoredJournal> {
  const bytes = await FileBytes.open(directory, file);
  if (bytes === undefined)
    throw new SeglogError('STORAGE', 'there is no such file', { call: 'open', name: file, errno: 'ENOENT' });
  try {
    const header = decodeJournalHeader(await bytes.view(0, JOURNAL_HEADER_BYTES), file, checksum);
    return { header, pieces: await piecesOf(bytes, new JournalFrames(checksum, header.id)) };
  } catch (error) {
    if (!SeglogError.is(error) || error.code === 'STORAGE') throw error;
    return { header: error.message, pieces: [] };
  } finally {
    await bytes.close();
  }
}

async function piecesOf(bytes: FileBytes, frames: JournalFrames): Promise<readonly JournalPiece[]> {
  const pieces: JournalPiece[] = [];
  let badFrom: number | undefined;
  let position = JOURNAL_HEADER_BYTES;
  while (position < bytes.sizeBytes) {
    const piece = await pieceAt(bytes, frames, position);
    if (piece === undefined) {
      badFrom ??= position;
      position += 1;
      continue;
    }
    if (badFrom !== undefined) pieces.push({ kind: 'bad', position: badFrom, bytes: position - badFrom });
    badFrom = undefined;
    pieces.push(piece);
    position += piece.bytes;
  }
  if (badFrom !== undefined) pieces.push({ kind: 'bad', position: badFrom, bytes: position - badFrom });
  return pieces;
}

async function pieceAt(
  bytes: FileBytes,
  frames: JournalFrames,
  position: number,
): Promise<JournalPiece | undefined> {
  const frame = frames.header(await bytes.view(position, FRAME_HEADER_BYTES));
  if (frame === undefined || frame.payloadBytes > MAX_PAYLOAD_BYTES) return undefined;
  const payload = await bytes.view(position + FRAME_HEADER_BYTES, frame.payloadBytes);
  if (!frames.holds(frame, payload)) return undefined;
  const { kind, sequence, proven } = frame;
  const edits = kind === 'mark' ? [] : parsed(payload);
  return { kind, position, bytes: FRAME_HEADER_BYTES + frame.payloadBytes, sequence, proven, edits };
}

function parsed(payload: Uint8Array): readonly unknown[] {
  try {
    const edits: unknown = JSON.parse(new TextDecoder().decode(payload));
    return Array.isArray(edits) ? edits : [];
  } catch {
    return [];
  }
}
