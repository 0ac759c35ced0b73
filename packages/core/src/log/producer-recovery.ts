import type { SegmentFacts } from '../contract/segment-facts.js';
import { FrameScan } from '../segment/frame-scan.js';
import { type OpenSegment, Segment } from '../segment/segment.js';
import { damaged, isDamage } from '../segment/segment-open.js';
import { loadProducerSnapshot, removeProducerSnapshots } from './producer-file.js';
import type { RecoveryContext } from './recovery.js';

/**
 * Rebuilds what is known of idempotent producers: the newest snapshot, then the frames after it. Without a snapshot the
 * whole log is gone through, but only where producers were ever at work; after a clean close nothing is.
 */
export async function recoverProducers(
  context: RecoveryContext,
  sealed: readonly Segment[],
  active: SegmentFacts,
): Promise<void> {
  const { components, manifest, producers } = context;
  if (!manifest.state.producers) return;
  if (!context.readOnly && (await removeProducerSnapshots(components.directory, active.nextOffset)) > 0) {
    await components.directory.sync();
  }
  const snapshot = await loadProducerSnapshot(components.directory, active.nextOffset, components.crc32c);
  if (snapshot !== undefined) producers.restore(snapshot);
  const from = snapshot?.nextOffset ?? 0;
  if (active.nextOffset <= from) return;
  const last = new Segment(context.segments, active);
  last.hold();
  try {
    for (const segment of [...sealed, last]) {
      if (segment.nextOffset > from) await replaySegment(context, segment, from);
    }
  } finally {
    last.letGo();
    await last.closed;
  }
}

async function replaySegment(context: RecoveryContext, segment: Segment, from: number): Promise<void> {
  const { producers, segments } = context;
  const open = await openForReplay(context, segment);
  if (open === undefined) return;
  const { codec, reader, index, maxFrameBytes } = open;
  const scratch = segments.buffers.acquire();
  const scan = new FrameScan(reader, codec, {
    position: await index.floor(from),
    endPosition: segment.endPosition,
    maxFrameBytes,
    scratch,
  });
  try {
    let status = await scan.look();
    while (status === 'frame' && codec.verify(scan.source, scan.framePosition, scan.header)) {
      const { header, source, framePosition } = scan;
      const stamp = header.hasProducer ? codec.producer(source, framePosition, header) : undefined;
      if (stamp !== undefined && header.baseOffset >= from) {
        const { count, baseOffset, appendTimeMs } = header;
        producers.record(stamp, { count, baseOffset, appendTimeMs });
        producers.settle(baseOffset + count);
      }
      scan.advance();
      const next = scan.look();
      status = typeof next === 'string' ? next : await next;
    }
    const whole = status === 'blank' && scan.position === segment.endPosition;
    if (whole || context.settings.onCorruption !== 'fail') return;
    throw damaged('a frame is damaged', segment.facts, scan.position);
  } finally {
    segments.buffers.release(scratch);
  }
}

/** Undefined for a segment that damage keeps shut where the rest is to be served without it. */
async function openForReplay(context: RecoveryContext, segment: Segment): Promise<OpenSegment | undefined> {
  try {
    return await segment.use();
  } catch (cause) {
    if (context.settings.onCorruption === 'fail' || !isDamage(cause)) throw cause;
    return undefined;
  }
}
