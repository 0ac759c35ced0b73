import { SeglogError } from '../contract/error.js';
import type { SegmentFacts } from '../contract/segment-facts.js';
import { invariant } from '../invariant.js';
import type { Segment } from '../segment/segment.js';
import type { ActiveSegment } from './active-segment.js';
import { LogWalk } from './log-walk.js';
import { emptyFacts, type ManifestEdit } from './manifest.js';
import { removeProducerSnapshots } from './producer-file.js';
import { raisedEpoch } from './raised-epoch.js';
import type { CreatedSegment } from './segment-factory.js';
import { keptRecords, SegmentRewriter } from './segment-rewrite.js';
import { strictWalk } from './strict-walk.js';
import type { WriteSideParts } from './write-side-parts.js';

/**
 * Replaces the segment that holds the boundary by a copy that ends at it, and drops what comes after, in one manifest edit.
 * Nothing is cut in place: readers that are under way, and a crash at any point, see the old log or the new one. Resolves
 * with the epoch of what is appended from now on.
 */
export async function truncateLog(parts: WriteSideParts, lastKept: number, epoch: number): Promise<number> {
  const { tail, manifest, factory, marks } = parts;
  const end = lastKept + 1;
  const { logStart, logEnd } = marks.now;
  if (end < logStart) {
    throw new SeglogError('OFFSET_OUT_OF_RANGE', 'a log is not truncated below its start', {
      offset: lastKept,
      reason: 'trimmed',
      logStart,
      logEnd,
    });
  }
  const { segments } = tail.set;
  const number = tail.set.floor(end);
  const boundary = segments[number];
  invariant(boundary !== undefined, 'every offset has a segment');
  const removed = segments.slice(number);
  const before = manifest.state.segments.find(({ facts }) => facts.id === boundary.facts.id)?.predecessorId;
  const { maxFrameBytes } = await boundary.use();
  const created = await factory.create(Math.min(boundary.baseOffset, end), before, {
    minFrameBytes: maxFrameBytes,
  });
  let target: ActiveSegment | undefined;
  try {
    target = await factory.activate(created);
    const facts = await copied(parts, boundary, { created, target, end });
    const next = await raisedEpoch(parts.components, epoch);
    const edits: ManifestEdit[] = [
      {
        type: 'swap',
        remove: removed.map((segment) => segment.facts.id),
        add: [{ facts, predecessorId: before, reason: undefined }],
      },
      { type: 'epoch', epoch: next, cut: true },
    ];
    await manifest.commit(edits);
    publish(parts, target, removed);
    return next;
  } catch (cause) {
    await abandon(parts, { created, target, cause });
    throw cause;
  }
}

/** The boundary segment up to the cut, durable. */
async function copied(
  parts: WriteSideParts,
  boundary: Segment,
  {
    created,
    target,
    end,
  }: { readonly created: CreatedSegment; readonly target: ActiveSegment; readonly end: number },
): Promise<SegmentFacts> {
  const { directory, codec } = parts.components;
  const rewriter = new SegmentRewriter(target, codec);
  await copyUpTo(parts, boundary, { rewriter, end });
  rewriter.cover(Math.max(end, target.assigned.nextOffset));
  await target.sync();
  // Before the commit: one that outlived it would speak of records that others have replaced.
  await removeProducerSnapshots(directory, end);
  await directory.sync();
  const fixed = emptyFacts(created.segment);
  return target.published.facts(fixed, fixed);
}

/** Lets go of what was made. The file stays where the manifest may have come to name it. */
async function abandon(
  { factory }: WriteSideParts,
  {
    created,
    target,
    cause,
  }: {
    readonly created: CreatedSegment;
    readonly target: ActiveSegment | undefined;
    readonly cause: unknown;
  },
): Promise<void> {
  await target?.open.reader.close();
  await target?.open.index.close();
  if (SeglogError.is(cause, 'STORAGE_FULL') || SeglogError.is(cause, 'CORRUPT_SEGMENT')) {
    await factory.discard(created);
  } else {
    await created.file.close().catch(() => undefined);
  }
}

async function copyUpTo(
  parts: WriteSideParts,
  boundary: Segment,
  { rewriter, end }: { readonly rewriter: SegmentRewriter; readonly end: number },
): Promise<void> {
  const walk = new LogWalk(strictWalk(parts), {
    segments: [boundary],
    first: 0,
    from: boundary.baseOffset,
    to: end,
    firstReadBytes: 256 * 1024,
  });
  try {
    for (;;) {
      const moved = walk.next();
      if (!(typeof moved === 'boolean' ? moved : await moved)) return;
      const kept = keptRecords(
        walk,
        { scan: walk.scan, cursor: walk.cursor() },
        ({ offset }) => offset < end,
      );
      if (kept === undefined) throw walk.malformed();
      await rewriter.write(kept);
    }
  } finally {
    walk.close();
  }
}

function publish(parts: WriteSideParts, target: ActiveSegment, removed: readonly Segment[]): void {
  const old = parts.tail.active;
  for (const segment of removed) segment.retire();
  parts.tail.replace({ remove: removed, add: [target.handle], active: target });
  old.closeFile().catch(() => undefined);
}
