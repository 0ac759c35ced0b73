import {
  crc32c,
  type KnownFormats,
  readIndex,
  readJournalFrames,
  type SegmentFacts,
  SlotFile,
  type StorageDirectory,
} from '@seglog/core';
import { escapedText } from '../text/escape.js';
import type { DumpItem } from './dump-items.js';
import type { Emit } from './dump-segment.js';
import { readWhole } from './read-whole.js';

export interface FileDump {
  readonly directory: StorageDirectory;
  readonly file: string;
  /** As it is shown. */
  readonly path: string;
  readonly formats: KnownFormats;
  readonly emit: Emit;
}

/** Shows a manifest or a catalog, frame by frame, bytes that are none included. */
export async function dumpJournal(dump: FileDump): Promise<boolean> {
  const { directory, file, path, emit } = dump;
  const { header, pieces } = await readJournalFrames(directory, file, crc32c());
  const bytes = (await directory.sizeOf(file)) ?? 0;
  if (!(await emit({ type: 'file', file: path, bytes, is: 'a journal of edits' }))) return false;
  if (typeof header === 'string') return emit({ type: 'bad', file: path, position: 0, bytes, why: header });
  for (const piece of pieces) {
    const { position, bytes: length } = piece;
    const bad: DumpItem = { type: 'bad', file: path, position, bytes: length, why: 'no frame that verifies' };
    const { kind, ...rest } = piece.kind === 'bad' ? { ...piece, kind: 'bad' as const } : piece;
    const item = kind === 'bad' || !('edits' in rest) ? bad : journalItem(kind, path, rest);
    if (!(await emit(item))) return false;
  }
  return true;
}

function journalItem(
  kind: 'edit' | 'mark',
  file: string,
  piece: {
    readonly position: number;
    readonly bytes: number;
    readonly sequence: number;
    readonly proven: number;
    readonly edits: readonly unknown[];
  },
): DumpItem {
  const { edits, ...rest } = piece;
  return kind === 'mark' ? { type: 'mark', file, ...rest } : { type: 'edit', file, ...rest, edits };
}

/** Shows the sidecar of a segment. */
export async function dumpIndex(dump: FileDump): Promise<boolean> {
  const { directory, file, path, emit, formats } = dump;
  const bytes = await readWhole(directory, file);
  const [, offset = '', id = ''] = /^(\d{20})-([0-9a-f]{16})\.idx$/.exec(file) ?? [];
  const index = readIndex(bytes, { ...ANY_SEGMENT, id, baseOffset: Number(offset) }, formats.checksums);
  const is =
    index === undefined
      ? 'an index'
      : `an index of ${index.entries.length} entries, crc ok, covers up to byte ${index.coveredUpTo}`;
  if (!(await emit({ type: 'file', file: path, bytes: bytes.length, is }))) return false;
  if (index === undefined) {
    const why = 'it is not believed: its bytes do not vouch for it, or it is of another segment';
    return emit({ type: 'bad', file: path, position: 0, bytes: bytes.length, why });
  }
  for (const entry of index.entries) if (!(await emit({ type: 'entry', file: path, ...entry }))) return false;
  return true;
}

/** Of a segment that is not at hand: every position may lie in it. */
const ANY_SEGMENT: SegmentFacts = {
  id: '',
  baseOffset: 0,
  sealed: true,
  firstPosition: 128,
  endPosition: Number.MAX_SAFE_INTEGER,
  nextOffset: Number.MAX_SAFE_INTEGER,
  recordCount: 0,
  minTimestampMs: -1,
  maxTimestampMs: -1,
  maxAppendTimeMs: -1,
  tombstones: 0,
  framesChecksum: 0,
  createdAtMs: 0,
};

/** Shows a watermark or a session: the newest slot, and how many slots cannot be read. */
export async function dumpSlots(dump: FileDump): Promise<boolean> {
  const { directory, file, path, emit } = dump;
  const { value, generation, damaged } = await SlotFile.read(directory, file, crc32c());
  const bytes = (await directory.sizeOf(file)) ?? 0;
  const is = `two slots, ${damaged} of them not readable, newest generation ${generation}`;
  if (!(await emit({ type: 'file', file: path, bytes, is }))) return false;
  return emit({ type: 'value', file: path, value: value ?? null });
}

/** Shows a file that is text, or text behind a checksum. */
export async function dumpText(dump: FileDump): Promise<boolean> {
  const { directory, file, path, emit } = dump;
  const bytes = await readWhole(directory, file);
  const snapshot = file.endsWith('.producers');
  const is = snapshot ? 'a producer snapshot' : 'a line of text';
  if (!(await emit({ type: 'file', file: path, bytes: bytes.length, is }))) return false;
  const text = new TextDecoder().decode(snapshot ? bytes.subarray(8) : bytes).trimEnd();
  return emit({ type: 'value', file: path, value: escapedText(text) });
}
