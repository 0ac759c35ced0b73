import { invariant } from '../invariant.js';
import { FrameScan } from '../segment/frame-scan.js';
import { segmentFileName } from '../segment/segment-name.js';
import { readSegmentHeader, segmentCodec } from '../segment/segment-open.js';
import { emptyFacts, type ManifestEdit } from './manifest.js';
import type { Quarantine } from './quarantine.js';
import type { RecoveryContext } from './recovery.js';
import { keptRecords, SegmentRewriter } from './segment-rewrite.js';
import type { RecoveredTail, TailState } from './tail-recovery.js';

/**
 * Synced records are damaged and the settings say to go on: every frame that still verifies is copied to a new segment at
 * its offsets, the damaged bytes go to quarantine, the offsets that are lost are noted as a gap for ever, and one manifest
 * edit makes it true. The damaged file goes last.
 */
export async function salvageTail(
  context: RecoveryContext,
  tail: TailState,
  quarantine: Quarantine,
): Promise<RecoveredTail> {
  const { point, scan, reader } = tail;
  const { components, manifest, factory } = context;
  const file = segmentFileName(point);
  const bad = scan.counts.endPosition;
  const resumed = scan.rest.frames[0]?.position ?? tail.sizeBytes;
  const quarantined = await quarantine.keep(reader, { file, position: bad, bytes: resumed - bad });
  const lostTo = scan.rest.frames[0]?.baseOffset ?? tail.provenUpTo;
  const predecessor = manifest.state.segments.at(-1)?.predecessorId;
  const created = await factory.create(point.baseOffset, predecessor);
  const target = await factory.activate(created);
  const rewriter = new SegmentRewriter(target, components.codec);
  await copyFrames(context, tail, rewriter);
  rewriter.cover(Math.max(target.assigned.nextOffset, tail.provenUpTo));
  await target.sync();
  await components.directory.sync();
  const facts = target.published.facts(emptyFacts(created.segment), emptyFacts(created.segment));
  const epoch = (await components.epochs?.raiseEpoch()) ?? manifest.state.epoch + 1;
  const edits: ManifestEdit[] = [
    {
      type: 'swap',
      remove: [point.id],
      add: [{ facts, predecessorId: predecessor, reason: undefined }],
    },
    { type: 'gap', from: scan.counts.nextOffset, to: lostTo },
    { type: 'epoch', epoch },
  ];
  await manifest.commit(edits);
  await target.closeFile();
  await target.open.reader.close();
  await target.open.index.close();
  await context.segments.indexes.remove(point);
  await components.directory.remove(file);
  await components.directory.sync();
  return {
    facts,
    durable: facts.nextOffset,
    damaged: false,
    clean: false,
    scannedBytes: scan.scannedBytes,
    truncated: undefined,
    quarantined,
  };
}

/** Every frame of the file that verifies, in order: those before the bad place and those that were found beyond. */
async function copyFrames(
  context: RecoveryContext,
  tail: TailState,
  rewriter: SegmentRewriter,
): Promise<void> {
  const { point, reader, scan, sizeBytes } = tail;
  const header = await readSegmentHeader(context.segments, point, reader);
  const codec = segmentCodec(context.segments, header, segmentFileName(point));
  const cursor = codec.createCursor();
  const scratch = context.segments.buffers.acquire();
  const frames = new FrameScan(reader, codec, {
    position: point.firstPosition,
    endPosition: sizeBytes,
    maxFrameBytes: context.settings.maxFrameBytes,
    scratch,
  });
  const copy = async (): Promise<void> => {
    invariant((await frames.look()) === 'frame', 'a frame that was found is there');
    const kept = keptRecords({ codec }, { scan: frames, cursor }, () => true);
    if (kept !== undefined) await rewriter.write(kept);
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
  } finally {
    context.segments.buffers.release(scratch);
  }
}
