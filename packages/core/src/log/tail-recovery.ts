import { SeglogError } from '../contract/error.js';
import type { RecoveryReport } from '../contract/recovery-report.js';
import type { SegmentFacts } from '../contract/segment-facts.js';
import type { SegmentReader } from '../contract/segment-reader.js';
import type { WritableFile } from '../contract/storage-directory.js';
import { invariant } from '../invariant.js';
import { decodeSegmentFooter, SEGMENT_FOOTER_BYTES } from '../segment/segment-footer.js';
import { segmentFileName } from '../segment/segment-name.js';
import { damaged, readSegmentHeader, segmentCodec } from '../segment/segment-open.js';
import { emptyFacts } from './manifest.js';
import type { Quarantine } from './quarantine.js';
import type { RecoveryContext } from './recovery.js';
import { salvageTail } from './tail-salvage.js';
import { scanTail, type TailScan } from './tail-scan.js';
import { judgeTail, type TailFinding } from './tail-verdict.js';
import type { Watermark } from './watermark.js';

export interface RecoveredTail {
  /** The active segment as it is now. */
  readonly facts: SegmentFacts;
  readonly durable: number;
  readonly damaged: boolean;
  readonly clean: boolean;
  readonly scannedBytes: number;
  readonly truncated: RecoveryReport['truncated'];
  readonly quarantined: readonly string[];
}

/** The end of the active segment, as found. */
export interface TailState {
  readonly point: SegmentFacts;
  readonly sizeBytes: number;
  readonly reader: SegmentReader;
  readonly scan: TailScan;
  readonly provenUpTo: number;
  readonly finding: TailFinding;
}

/** Scans the active segment from the recovery point on, unless there is nothing to scan, and repairs its end. */
export async function recoverTail(
  context: RecoveryContext,
  mark: Watermark | undefined,
  quarantine: Quarantine,
): Promise<RecoveredTail> {
  const { manifest, components } = context;
  const point = manifest.state.recoveryPoint;
  const file = segmentFileName(point);
  const sizeBytes = await components.directory.sizeOf(file);
  if (sizeBytes === undefined) {
    throw new SeglogError('MISSING_SEGMENT', 'the active segment is not there', { file });
  }
  const provenUpTo = Math.max(point.nextOffset, mark?.durable ?? 0);
  const untouchedUpTo = Math.max(provenUpTo, manifest.state.logStart);
  if (sizeBytes === point.endPosition && untouchedUpTo === point.nextOffset) {
    return untouched(point, manifest.state.closedEpoch !== undefined);
  }
  const reader = await components.directory.openReader(file, {
    sealed: false,
    writtenBytes: () => sizeBytes,
  });
  try {
    const state = await examine(context, { point, sizeBytes, reader, provenUpTo });
    return await repair(context, state, quarantine);
  } finally {
    await reader.close();
  }
}

function untouched(point: SegmentFacts, clean: boolean): RecoveredTail {
  return {
    facts: point,
    durable: point.nextOffset,
    damaged: false,
    clean,
    scannedBytes: 0,
    truncated: undefined,
    quarantined: [],
  };
}

async function examine(
  context: RecoveryContext,
  tail: Pick<TailState, 'point' | 'sizeBytes' | 'reader' | 'provenUpTo'>,
): Promise<TailState> {
  const { point, sizeBytes, reader } = tail;
  const header = await readSegmentHeader(context.segments, point, reader);
  const file = segmentFileName(point);
  const codec = segmentCodec(context.segments, header, file);
  const checksum = context.segments.formats.checksum(header.checksumId, file);
  const scratch = context.segments.buffers.acquire();
  try {
    const scan = await scanTail({
      reader,
      codec,
      checksum,
      // A file that does not even reach the recovery point has lost what was synced: see what is left of it.
      from: sizeBytes < point.endPosition ? emptyFacts(point) : point,
      sizeBytes,
      minEpoch: sizeBytes < point.endPosition ? 0 : context.manifest.state.epoch,
      maxFrameBytes: context.settings.maxFrameBytes,
      indexIntervalBytes: context.settings.indexIntervalBytes,
      scratch,
    });
    const provenUpTo = Math.max(tail.provenUpTo, scan.stableUpTo);
    const finding = (await endsWithFooter(context, tail, scan))
      ? 'preallocated'
      : judgeTail({
          nextOffset: scan.counts.nextOffset,
          provenUpTo,
          bytes: scan.rest.bytes,
          allZero: scan.rest.allZero,
          cutShort: scan.cutShort,
          lifeBeyond: scan.rest.frames.length > 0,
        });
    return { ...tail, scan, provenUpTo, finding };
  } finally {
    context.segments.buffers.release(scratch);
  }
}

/** A roll that was cut short after it had closed the old file: the footer goes, the segment stays active. */
async function endsWithFooter(
  context: RecoveryContext,
  { point, sizeBytes, reader, provenUpTo }: Pick<TailState, 'point' | 'sizeBytes' | 'reader' | 'provenUpTo'>,
  { counts }: TailScan,
): Promise<boolean> {
  if (counts.nextOffset < provenUpTo || sizeBytes - counts.endPosition < SEGMENT_FOOTER_BYTES) return false;
  const bytes = await reader.read(counts.endPosition, new Uint8Array(SEGMENT_FOOTER_BYTES));
  const footer = decodeSegmentFooter(bytes, point.firstPosition, context.segments.crc32c);
  return (
    footer !== undefined &&
    footer.facts.id === point.id &&
    footer.facts.endPosition === counts.endPosition &&
    footer.facts.nextOffset === counts.nextOffset
  );
}

async function repair(
  context: RecoveryContext,
  tail: TailState,
  quarantine: Quarantine,
): Promise<RecoveredTail> {
  const { point, scan, finding } = tail;
  const { onCorruption, onAmbiguousTail } = context.settings;
  const here = scan.counts.endPosition;
  if (finding === 'damage') {
    const { nextOffset } = scan.counts;
    const log = context.components.name;
    context.components.observer.observe({
      type: 'corruption',
      log,
      file: segmentFileName(point),
      position: here,
      offset: nextOffset,
    });
    if (onCorruption === 'fail') throw damaged('synced records are damaged', point, here, nextOffset);
    if (onCorruption === 'salvage' && !context.readOnly) return salvageTail(context, tail, quarantine);
    return readOnlyTail(tail);
  }
  if (finding === 'ambiguous' && onAmbiguousTail === 'fail') {
    throw damaged(
      'the last frame does not verify, and the settings say not to cut it',
      point,
      here,
      scan.counts.nextOffset,
    );
  }
  return context.readOnly ? passedOver(tail) : cut(context, tail, quarantine);
}

/** Everything that can still be read is served, the bad place included, where readers will meet a gap. */
function readOnlyTail(tail: TailState): RecoveredTail {
  const { scan, point } = tail;
  const last = scan.rest.frames.at(-1);
  const counts = scan.counts;
  if (last !== undefined) {
    counts.endPosition = last.position + last.bytes;
    counts.nextOffset = last.lastOffset + 1;
  }
  counts.nextOffset = Math.max(counts.nextOffset, tail.provenUpTo);
  return {
    ...passedOver(tail),
    facts: counts.facts(point, point),
    durable: counts.nextOffset,
    damaged: true,
  };
}

function passedOver({ scan, point, provenUpTo }: TailState): RecoveredTail {
  return {
    facts: scan.counts.facts(point, point),
    durable: Math.min(provenUpTo, scan.counts.nextOffset),
    damaged: false,
    clean: false,
    scannedBytes: scan.scannedBytes,
    truncated: undefined,
    quarantined: [],
  };
}

/** Cuts what follows the last good frame, after a copy of it, and makes durable what a killed process left behind. */
async function cut(
  context: RecoveryContext,
  tail: TailState,
  quarantine: Quarantine,
): Promise<RecoveredTail> {
  const { scan, point, reader, finding } = tail;
  const file = segmentFileName(point);
  const position = scan.counts.endPosition;
  const { bytes } = scan.rest;
  const worthKeeping = finding === 'torn' || finding === 'reordered' || finding === 'ambiguous';
  const quarantined = worthKeeping ? await quarantine.keep(reader, { file, position, bytes }) : [];
  const writable = await context.components.directory.open(file);
  try {
    if (bytes > 0) await writable.truncate(position);
    await writeAgain(tail, writable);
    await writable.sync();
  } finally {
    await writable.close();
  }
  // What is appended below the log start would never be seen: offsets go on from there.
  scan.counts.nextOffset = Math.max(scan.counts.nextOffset, context.manifest.state.logStart);
  const facts = scan.counts.facts(point, point);
  if (facts.nextOffset > point.nextOffset) await context.manifest.commit([{ type: 'point', facts }]);
  return {
    ...passedOver(tail),
    facts,
    durable: facts.nextOffset,
    truncated:
      worthKeeping || finding === 'preallocated' ? { file, position, bytes, verdict: finding } : undefined,
    quarantined,
  };
}

/**
 * A sync that failed may have left good bytes in the caches that the system takes for written: no later sync would write
 * them. What nothing proves to be on the medium is written once more before it is synced and believed.
 */
async function writeAgain(
  { reader, scan, provenUpTo, point }: TailState,
  target: WritableFile,
): Promise<void> {
  const end = scan.counts.endPosition;
  const proven = scan.entries.findLast(({ offset }) => offset <= provenUpTo);
  const scratch = new Uint8Array(256 * 1024);
  for (let position = proven?.position ?? point.endPosition; position < end; ) {
    const chunk = await reader.read(position, scratch.subarray(0, Math.min(scratch.length, end - position)));
    invariant(chunk.length > 0, 'frames that were scanned are there');
    await target.write(position, [chunk]);
    position += chunk.length;
  }
}
