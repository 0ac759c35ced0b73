import { SeglogError } from '../contract/error.js';
import type { SegmentFacts } from '../contract/segment-facts.js';
import type { WritableFile } from '../contract/storage-directory.js';
import { invariant } from '../invariant.js';
import { decodeSegmentFooter, SEGMENT_FOOTER_BYTES } from '../segment/segment-footer.js';
import type { SegmentHeader } from '../segment/segment-header.js';
import { segmentFileName } from '../segment/segment-name.js';
import { damaged, isDamage, readSegmentHeader } from '../segment/segment-open.js';
import { emptyFacts } from './manifest.js';
import type { Quarantine } from './quarantine.js';
import {
  type LostSegment,
  lostTail,
  passedOver,
  type RecoveredTail,
  readOnlyTail,
  type TailState,
  untouched,
} from './recovered-tail.js';
import type { RecoveryContext } from './recovery.js';
import { provenBy, type ScanStart, scanSegment } from './scan-segment.js';
import { salvageNothing, salvageTail } from './tail-salvage.js';
import type { TailScan } from './tail-scan.js';
import { judgeTail } from './tail-verdict.js';
import type { UnnamedSegment } from './unnamed-files.js';
import type { Watermark } from './watermark.js';

/** The segment to recover, and what is known of it. */
export interface TailTask {
  /** Where the scan of it starts. */
  readonly point: SegmentFacts;
  readonly mark: Watermark | undefined;
  readonly quarantine: Quarantine;
  /** What was appended behind it. */
  readonly next: readonly UnnamedSegment[];
}

/** Scans the segment from the recovery point on, unless there is nothing to scan, and repairs its end. */
export async function recoverTail(context: RecoveryContext, task: TailTask): Promise<RecoveredTail> {
  const { manifest, components } = context;
  const { point, mark, quarantine, next } = task;
  const file = segmentFileName(point);
  const sizeBytes = await components.directory.sizeOf(file);
  const provenUpTo = Math.max(point.nextOffset, mark?.durable ?? 0);
  const wasUpTo = Math.max(provenUpTo, next[0]?.header.baseOffset ?? 0);
  if (sizeBytes === undefined) {
    const cause = new SeglogError('MISSING_SEGMENT', 'the active segment is not there', { file });
    return giveUp(
      context,
      { point, sizeBytes: 0, reader: undefined, provenUpTo: wasUpTo, next: next[0] },
      { quarantine, cause },
    );
  }
  const untouchedUpTo = Math.max(wasUpTo, manifest.state.logStart);
  const asLeft = sizeBytes === point.endPosition && untouchedUpTo === point.nextOffset;
  // Who appends to the segment opens it in a moment, and rejects if it is not what it should be.
  if (asLeft && context.settings.onCorruption === 'fail') return untouched(context, point);
  const reader = await components.directory.openReader(file, {
    sealed: false,
    writtenBytes: () => sizeBytes,
  });
  const segment = { point, sizeBytes, reader, provenUpTo, next: next[0] };
  try {
    const header = await readSegmentHeader(context.segments, point, reader).catch((cause: unknown) => {
      if (!isDamage(cause)) throw cause;
      return { cause };
    });
    if ('cause' in header)
      return await giveUp(context, { ...segment, provenUpTo: wasUpTo }, { quarantine, cause: header.cause });
    if (asLeft) return untouched(context, point);
    return await repair(context, await examine(context, segment, { header, next }), quarantine);
  } finally {
    await reader.close();
  }
}

/** Nothing of the active segment can be read: an error, or the end of what the settings say to serve. */
async function giveUp(
  context: RecoveryContext,
  segment: LostSegment,
  { quarantine, cause }: { readonly quarantine: Quarantine; readonly cause: unknown },
): Promise<RecoveredTail> {
  const { point } = segment;
  observeDamage(context, point, { position: 0, offset: point.baseOffset });
  if (context.settings.onCorruption === 'fail') throw cause;
  if (context.settings.onCorruption === 'readonly' || context.readOnly) return lostTail(segment);
  return salvageNothing(context, segment, quarantine);
}

function observeDamage(
  { components }: RecoveryContext,
  point: SegmentFacts,
  place: { readonly position: number; readonly offset: number },
): void {
  const file = segmentFileName(point);
  components.observer.observe({ type: 'corruption', log: components.name, file, ...place });
}

type OpenedTail = Pick<TailState, 'point' | 'sizeBytes' | 'reader' | 'provenUpTo' | 'next'>;

async function examine(
  context: RecoveryContext,
  tail: OpenedTail,
  { header, next }: { readonly header: SegmentHeader; readonly next: readonly UnnamedSegment[] },
): Promise<TailState> {
  const { point, sizeBytes } = tail;
  // A file that does not even reach the recovery point has lost what was synced: see what is left of it.
  const whole = { from: emptyFacts(point), minEpoch: 0, dense: false };
  const rest = { from: point, minEpoch: context.manifest.state.epoch, dense: true };
  const found = await judge(context, tail, { header, ...(sizeBytes < point.endPosition ? whole : rest) });
  const state = await heeding(context, found, next);
  if (state.finding !== 'damage' || context.settings.onCorruption === 'fail') return state;
  // What is to be served or copied in spite of damage is verified from its first frame on.
  return judge(context, { ...tail, provenUpTo: state.provenUpTo }, { header, ...whole });
}

/**
 * Records are missing before those of a successor: it may prove that they were synced. If they are damaged, everything up to
 * the successor was there once and is lost.
 */
async function heeding(
  context: RecoveryContext,
  found: TailState,
  next: readonly UnnamedSegment[],
): Promise<TailState> {
  const { nextOffset } = found.scan.counts;
  const wasUpTo = next[0]?.header.baseOffset ?? 0;
  if (nextOffset >= wasUpTo) return found;
  const proven = Math.max(found.provenUpTo, Math.min(await provenBy(context, next), wasUpTo));
  return nextOffset < proven ? { ...found, finding: 'damage', provenUpTo: wasUpTo } : found;
}

async function judge(
  context: RecoveryContext,
  tail: OpenedTail,
  { header, ...start }: { readonly header: SegmentHeader } & ScanStart,
): Promise<TailState> {
  const { reader, sizeBytes } = tail;
  const scan = await scanSegment(context, { header, reader, sizeBytes }, start);
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
}

/** A roll that was cut short after it had closed the old file: the footer goes, the segment stays active. */
async function endsWithFooter(
  context: RecoveryContext,
  { point, sizeBytes, reader, provenUpTo }: OpenedTail,
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
    observeDamage(context, point, { position: here, offset: nextOffset });
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
  const start = proven?.position ?? point.endPosition;
  const scratch = new Uint8Array(Math.min(256 * 1024, Math.max(0, end - start)));
  for (let position = start; position < end; ) {
    const chunk = await reader.read(position, scratch.subarray(0, Math.min(scratch.length, end - position)));
    invariant(chunk.length > 0, 'frames that were scanned are there');
    await target.write(position, [chunk]);
    position += chunk.length;
  }
}
