import { SeglogError } from '../contract/error.js';
import type { SegmentReader } from '../contract/segment-reader.js';
import { FrameScan } from '../segment/frame-scan.js';
import { decodeSegmentHeader, SEGMENT_HEADER_BYTES, type SegmentHeader } from '../segment/segment-header.js';
import { parseSegmentFileName } from '../segment/segment-name.js';
import { segmentCodec } from '../segment/segment-open.js';
import type { RecoveryContext } from './recovery.js';

/** A segment of this log that no manifest edit came to name, with records in it: a rewrite that a crash cut short. */
export interface Leftover {
  readonly file: string;
  readonly position: 0;
  readonly bytes: number;
  readonly reader: SegmentReader;
}

export interface UnnamedFiles {
  /** Without a record: a roll or a creation that a crash cut short. */
  readonly empty: readonly string[];
  /** The caller closes the readers. */
  readonly leftovers: readonly Leftover[];
}

/**
 * Looks into files that are named like segments and that the manifest does not name. What is not of this log stays where it
 * is. One that follows the active segment and holds records means that the manifest lost an edit: `CORRUPT_SEGMENT`.
 */
export async function sortUnnamed(context: RecoveryContext, files: readonly string[]): Promise<UnnamedFiles> {
  const empty: string[] = [];
  const leftovers: Leftover[] = [];
  try {
    for (const file of files) {
      const found = await lookInto(context, file);
      if (found === 'empty') empty.push(file);
      else if (found !== 'foreign') leftovers.push(found);
    }
  } catch (cause) {
    for (const { reader } of leftovers) await reader.close();
    throw cause;
  }
  return { empty, leftovers };
}

async function lookInto(context: RecoveryContext, file: string): Promise<Leftover | 'empty' | 'foreign'> {
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
    if (!(await holdsFrame(context, reader, { header, file, bytes }))) return 'empty';
    if (header.predecessorId === context.manifest.state.recoveryPoint.id) throw lostEdit(file, header);
    keep = true;
    return { file, position: 0, bytes, reader };
  } finally {
    if (!keep) await reader.close();
  }
}

async function holdsFrame(
  context: RecoveryContext,
  reader: SegmentReader,
  { header, file, bytes }: { readonly header: SegmentHeader; readonly file: string; readonly bytes: number },
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

function lostEdit(file: string, header: SegmentHeader): SeglogError {
  return new SeglogError(
    'CORRUPT_SEGMENT',
    'a segment continues the log and the manifest does not name it; restore the manifest from a copy',
    { file, position: 0, offset: header.baseOffset },
  );
}
