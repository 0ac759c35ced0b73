import { invariant } from '../invariant.js';
import { FrameScan } from '../segment/frame-scan.js';
import { segmentFileName } from '../segment/segment-name.js';
import { readSegmentHeader, segmentCodec } from '../segment/segment-open.js';
import type { ActiveSegment } from './active-segment.js';
import { emptyFacts, type ManifestEdit, type OffsetRange } from './manifest.js';
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
  { point, provenUpTo }: Pick<TailState, 'point' | 'provenUpTo'>,
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
    await target.sync();
    await components.directory.sync();
    const fixed = emptyFacts(created.segment);
    const facts = target.published.facts(fixed, fixed);
    const epoch = await raisedEpoch(components, manifest.state.epoch);
    const edits: ManifestEdit[] = [
      { type: 'swap', remove: [point.id], add: [{ facts, predecessorId, reason: undefined }] },
      ...lost.map(({ from, to }) => ({ type: 'gap', from, to }) as const),
      { type: 'epoch', epoch },
    ];
    await manifest.commit(edits);
    await context.segments.indexes.remove(point);
    await components.directory.remove(segmentFileName(point));
    await components.directory.sync();
    return { ...AS_IT_IS, facts, durable: facts.nextOffset };
  } finally {
    await release(target);
  }
}

async function release(target: ActiveSegment): Promise<void> {
  await target.closeFile();
  await target.open.reader.close();
  await target.open.index.close();
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
