import { SeglogError } from '../contract/error.js';
import type { SegmentReader } from '../contract/segment-reader.js';
import { FrameScan } from '../segment/frame-scan.js';
import { decodeSegmentFooter, SEGMENT_FOOTER_BYTES } from '../segment/segment-footer.js';
import { decodeSegmentHeader, SEGMENT_HEADER_BYTES, type SegmentHeader } from '../segment/segment-header.js';
import { parseSegmentFileName } from '../segment/segment-name.js';
import { segmentCodec } from '../segment/segment-open.js';
import type { ManifestEdit } from './manifest.js';
import type { RecoveryContext } from './recovery.js';
import { releaseAll } from './release-all.js';

/** A segment of this log with records in it that no manifest edit came to name. */
export interface UnnamedSegment {
  readonly file: string;
  readonly position: 0;
  readonly bytes: number;
  readonly header: SegmentHeader;
  readonly reader: SegmentReader;
}

export interface UnnamedFiles {
  /** Without a record: a roll or a creation that a crash cut short. */
  readonly empty: readonly string[];
  /** What a rewrite that a crash cut short has left. The caller closes the readers. */
  readonly leftovers: readonly UnnamedSegment[];
  /**
   * What was appended while the segments before it had yet to be sealed: the first one says that it follows the active
   * segment, each that it follows the one before. The caller closes the readers.
   */
  readonly successors: readonly UnnamedSegment[];
}

/**
 * Looks into files that are named like segments and that the manifest does not name. What is not of this log stays where it
 * is. A successor that was sealed, and two for one place, mean that the manifest lost edits: `CORRUPT_SEGMENT`.
 */
export async function sortUnnamed(context: RecoveryContext, files: readonly string[]): Promise<UnnamedFiles> {
  const empty: string[] = [];
  const found: UnnamedSegment[] = [];
  try {
    for (const file of files) {
      const segment = await lookInto(context, file);
      if (segment === 'empty') empty.push(file);
      else if (segment !== 'foreign') found.push(segment);
    }
    const successors = await inARow(context, found);
    return { empty, leftovers: found.filter((segment) => !successors.includes(segment)), successors };
  } catch (cause) {
    await closeReaders(found);
    throw cause;
  }
}

export function closeReaders(segments: readonly UnnamedSegment[]): Promise<void> {
  return releaseAll(
    segments.map(
      ({ reader }) =>
        () =>
          reader.close(),
    ),
  );
}

/**
 * Makes the name of a successor and what it says of itself durable, so that a manifest can name it. The header is written
 * once more before it is synced and believed, as what a sync that failed has left in the caches; its frames are looked after
 * when it is recovered itself.
 */
export async function makeDurable(
  { components }: RecoveryContext,
  { file, reader }: UnnamedSegment,
): Promise<void> {
  const writable = await components.directory.open(file);
  try {
    await writable.write(0, [await reader.read(0, new Uint8Array(SEGMENT_HEADER_BYTES))]);
    await writable.sync();
  } finally {
    await writable.close();
  }
  await components.directory.sync();
}

/** The edit that makes a successor the active segment. */
export function naming({ header }: UnnamedSegment): ManifestEdit {
  const { id, baseOffset, createdAtMs, predecessorId } = header;
  return { type: 'add', segment: { id, baseOffset, createdAtMs, predecessorId } };
}

/** A segment continues the log in a way that the manifest must have known of. */
export function lostEdit({ file, header }: UnnamedSegment): SeglogError {
  return new SeglogError(
    'CORRUPT_SEGMENT',
    'a segment continues the log and the manifest does not name it; restore the manifest from a copy',
    { file, position: 0, offset: header.baseOffset },
  );
}

async function lookInto(
  context: RecoveryContext,
  file: string,
): Promise<UnnamedSegment | 'empty' | 'foreign'> {
  const { directory, crc32c } = context.components;
  const bytes = await directory.sizeOf(file);
  // Beside a live writer: it was there when the directory was listed.
  if (bytes === undefined) return 'foreign';
  const reader = await directory.openReader(file, { sealed: false, writtenBytes: () => bytes });
  let keep = false;
  try {
    const head = await reader.read(0, new Uint8Array(SEGMENT_HEADER_BYTES));
    const verdict = decodeSegmentHeader(head, crc32c);
    if (verdict.kind === 'unsupported') return 'foreign';
    if (verdict.kind === 'corrupt') return bytes <= SEGMENT_HEADER_BYTES ? 'empty' : 'foreign';
    const { header } = verdict;
    if (header.logId !== context.segments.logId || header.id !== parseSegmentFileName(file)?.id)
      return 'foreign';
    const segment: UnnamedSegment = { file, position: 0, bytes, header, reader };
    if (!(await holdsFrame(context, segment))) return 'empty';
    keep = true;
    return segment;
  } finally {
    if (!keep) await reader.close();
  }
}

/** Those that follow the active segment, one behind the other. */
async function inARow(
  context: RecoveryContext,
  found: readonly UnnamedSegment[],
): Promise<readonly UnnamedSegment[]> {
  const row: UnnamedSegment[] = [];
  for (let before: string | undefined = context.manifest.state.recoveryPoint.id; ; ) {
    const following = found.filter(({ header }) => header.predecessorId === before);
    const [next, other] = following;
    if (next === undefined) return row;
    if (other !== undefined || (await isSealed(context, next))) throw lostEdit(next);
    row.push(next);
    before = next.header.id;
  }
}

/** Only a segment that the manifest names is sealed. */
async function isSealed({ components }: RecoveryContext, segment: UnnamedSegment): Promise<boolean> {
  const { reader, bytes, header } = segment;
  const position = bytes - SEGMENT_FOOTER_BYTES;
  if (position < SEGMENT_HEADER_BYTES) return false;
  const last = await reader.read(position, new Uint8Array(SEGMENT_FOOTER_BYTES));
  const footer = decodeSegmentFooter(last, SEGMENT_HEADER_BYTES, components.crc32c);
  return footer !== undefined && footer.facts.id === header.id && footer.facts.endPosition === position;
}

async function holdsFrame(
  context: RecoveryContext,
  { reader, header, file, bytes }: UnnamedSegment,
): Promise<boolean> {
  const codec = segmentCodec(context.segments, header, file);
  const scratch = context.segments.buffers.acquire();
  const scan = new FrameScan(reader, codec, {
    position: SEGMENT_HEADER_BYTES,
    endPosition: bytes,
    maxFrameBytes: header.maxFrameBytes,
    scratch,
  });
  try {
    return (await scan.look()) === 'frame' && codec.verify(scan.source, scan.framePosition, scan.header);
  } finally {
    context.segments.buffers.release(scratch);
  }
}
