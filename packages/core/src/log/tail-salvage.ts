import { invariant } from '../invariant.js';
import { FrameScan } from '../segment/frame-scan.js';
import { segmentFileName } from '../segment/segment-name.js';
import { readSegmentHeader, segmentCodec } from '../segment/segment-open.js';
import type { ActiveSegment } from './active-segment.js';
import type { ManifestSegment, OffsetRange } from './manifest.js';
import type { Quarantine } from './quarantine.js';
import { raisedEpoch } from './raised-epoch.js';
import {
  AS_IT_IS,
  type LostSegment,
  lostOffsets,
  lostTail,
  type RecoveredTail,
  type TailState,
} from './recovered-tail.js';
import type { RecoveryContext } from './recovery.js';
import { keptRecords, SegmentRewriter } from './segment-rewrite.js';
import { makeDurable, naming, type UnnamedSegment } from './unnamed-files.js';

/**
 * Synced records are damaged and the settings say to go on: every frame that still verifies is copied to a new segment at
 * its offsets, the damaged bytes go to quarantine, the offsets that are lost are noted as gaps for ever, and one manifest
 * edit makes it true. The damaged file goes last.
 */
export async function salvageTail(
  context: RecoveryContext,
  tail: TailState,
  quarantine: Quarantine,
): Promise<RecoveredTail> {
  const { point, scan, reader } = tail;
  const file = segmentFileName(point);
  const quarantined: string[] = [];
  const keep = async (range: ByteRange): Promise<void> => {
    quarantined.push(...(await quarantine.keep(reader, { file, ...range })));
  };
  for (const range of damagedRanges(tail)) await keep(range);
  const renewed = await renewSegment(context, tail, {
    copy: async (rewriter) => {
      const undecoded = await copyFrames(context, tail, rewriter);
      for (const { position, bytes } of undecoded) await keep({ position, bytes });
      return [...lostOffsets(tail), ...undecoded.map(({ from, to }) => ({ from, to }))];
    },
    minFrameBytes: (await readSegmentHeader(context.segments, tail.point, tail.reader)).maxFrameBytes,
  });
  return { ...renewed, scannedBytes: scan.scannedBytes, quarantined };
}

/** As `salvageTail`, for an active segment without a header that says how to read it, or without a file. */
export async function salvageNothing(
  context: RecoveryContext,
  segment: LostSegment,
  quarantine: Quarantine,
): Promise<RecoveredTail> {
  const { point, reader, sizeBytes } = segment;
  const file = segmentFileName(point);
  const quarantined =
    reader === undefined ? [] : await quarantine.keep(reader, { file, position: 0, bytes: sizeBytes });
  const { lost } = lostTail(segment);
  const renewed = await renewSegment(context, segment, { copy: async () => lost, minFrameBytes: 0 });
  return { ...renewed, quarantined };
}

interface ByteRange {
  readonly position: number;
  readonly bytes: number;
}

function damagedRanges({ scan, sizeBytes }: TailState): readonly ByteRange[] {
  const ranges: ByteRange[] = [];
  let position = scan.counts.endPosition;
  for (const frame of [...scan.rest.frames, { position: sizeBytes, bytes: 0 }]) {
    if (frame.position > position) ranges.push({ position, bytes: frame.position - position });
    position = frame.position + frame.bytes;
  }
  return ranges;
}

/** Puts a new segment in the place of the damaged one, in one step. */
async function renewSegment(
  context: RecoveryContext,
  { point, provenUpTo, next }: Pick<TailState, 'point' | 'provenUpTo' | 'next'>,
  content: {
    /** Resolves with the offsets that are lost. */
    readonly copy: (rewriter: SegmentRewriter) => Promise<readonly OffsetRange[]>;
    readonly minFrameBytes: number;
  },
): Promise<RecoveredTail> {
  const { components, manifest, factory } = context;
  const predecessorId = manifest.state.segments.at(-1)?.predecessorId;
  const { minFrameBytes } = content;
  const created = await factory.create(point.baseOffset, predecessorId, { minFrameBytes });
  const target = await factory.activate(created).catch(async (cause: unknown) => {
    await factory.discard(created);
    throw cause;
  });
  try {
    const rewriter = new SegmentRewriter(target, components.codec);
    const lost = await content.copy(rewriter);
    rewriter.cover(Math.max(target.assigned.nextOffset, provenUpTo, manifest.state.logStart));
    const { facts, reason } = await completed(context, target, next);
    await manifest.commit([
      { type: 'swap', remove: [point.id], add: [{ facts, predecessorId, reason }] },
      ...lost.map(({ from, to }) => ({ type: 'gap', from, to }) as const),
      // What is behind it keeps the epoch in which it was written.
      next === undefined
        ? { type: 'epoch', epoch: await raisedEpoch(components, manifest.state.epoch) }
        : naming(next),
    ]);
    await context.segments.indexes.remove(point);
    await components.directory.remove(segmentFileName(point));
    await components.directory.sync();
    return { ...AS_IT_IS, facts, durable: facts.nextOffset };
  } finally {
    await target.release();
  }
}

/** The new segment, durable: the active one, or sealed where another follows. */
async function completed(
  context: RecoveryContext,
  target: ActiveSegment,
  next: UnnamedSegment | undefined,
): Promise<Pick<ManifestSegment, 'facts' | 'reason'>> {
  if (next !== undefined) {
    await makeDurable(context, next);
    const { reason, ...facts } = await target.seal('recovery');
    return { facts, reason };
  }
  await target.sync();
  await context.components.directory.sync();
  return { facts: target.published.facts(target.name, target.name), reason: undefined };
}

/**
 * Every frame of the file that verifies, in order: those before the bad place and those that were found beyond. Resolves
 * with those whose checksum holds and whose body does not decode all the same.
 */
async function copyFrames(
  context: RecoveryContext,
  tail: TailState,
  rewriter: SegmentRewriter,
): Promise<readonly (ByteRange & OffsetRange)[]> {
  const { point, reader, scan, sizeBytes } = tail;
  const header = await readSegmentHeader(context.segments, point, reader);
  const codec = segmentCodec(context.segments, header, segmentFileName(point));
  const cursor = codec.createCursor();
  const scratch = context.segments.buffers.acquire();
  const frames = new FrameScan(reader, codec, {
    position: point.firstPosition,
    endPosition: sizeBytes,
    maxFrameBytes: header.maxFrameBytes,
    scratch,
  });
  const undecoded: (ByteRange & OffsetRange)[] = [];
  const copy = async (): Promise<void> => {
    invariant((await frames.look()) === 'frame', 'a frame that was found is there');
    const kept = keptRecords({ codec }, { scan: frames, cursor }, () => true);
    if (kept !== undefined) return rewriter.write(kept);
    const { baseOffset, lastOffset, frameBytes } = frames.header;
    undecoded.push({ position: frames.position, bytes: frameBytes, from: baseOffset, to: lastOffset + 1 });
  };
  try {
    while (frames.position < scan.counts.endPosition) {
      await copy();
      frames.advance();
    }
    for (const { position } of scan.rest.frames) {
      frames.moveTo(position);
      await copy();
    }
    return undecoded;
  } finally {
    context.segments.buffers.release(scratch);
  }
}
