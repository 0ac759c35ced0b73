import type { RecordCursor } from '../contract/frame-codec.js';
import type { RewriteOptions, RewriteResult } from '../contract/log-maintenance.js';
import { invariant } from '../invariant.js';
import type { Segment } from '../segment/segment.js';
import type { ActiveSegment } from './active-segment.js';
import { LogWalk } from './log-walk.js';
import type { ManifestSegment } from './manifest.js';
import type { CreatedSegment } from './segment-factory.js';
import { keptRecords, SegmentRewriter } from './segment-rewrite.js';
import { strictWalk } from './strict-walk.js';
import type { WriteSideParts } from './write-side-parts.js';

/**
 * Copies what is to be kept of a run of sealed segments into one new sealed segment, durable and not yet named by the
 * manifest. An abort or damage removes it again.
 */
export async function rewriteSegments(
  parts: WriteSideParts,
  run: readonly Segment[],
  { keep, options }: { readonly keep: (cursor: RecordCursor) => boolean; readonly options: RewriteOptions },
): Promise<RewriteResult & { readonly added: readonly ManifestSegment[] }> {
  const { components, factory, manifest } = parts;
  const [first] = run;
  const last = run.at(-1);
  invariant(first !== undefined && last !== undefined, 'a rewrite has a source');
  invariant(
    run.every(({ facts }) => facts.sealed),
    'only sealed segments are rewritten',
  );
  const predecessorId = manifest.state.segments.find(
    ({ facts }) => facts.id === first.facts.id,
  )?.predecessorId;
  const sources = await Promise.all(run.map(async (segment) => segment.use()));
  const minFrameBytes = Math.max(...sources.map(({ maxFrameBytes }) => maxFrameBytes));
  const created = await factory.create(first.baseOffset, predecessorId, { minFrameBytes });
  const target = await factory.activate(created).catch(async (cause: unknown) => {
    await factory.discard(created);
    throw cause;
  });
  const bytesBefore = run.reduce((bytes, segment) => bytes + segment.endPosition, 0);
  try {
    const rewriter = new SegmentRewriter(target, components.codec);
    const recordsRemoved = await copyKept(parts, run, { rewriter, keep, options });
    // A segment without a record still says which offsets there were.
    rewriter.cover(last.nextOffset);
    const { reason, ...facts } = await target.seal('forced');
    await components.directory.sync();
    await target.closeFile();
    await target.open.index.flush(facts.endPosition).catch(() => undefined);
    await target.open.reader.close();
    await target.open.index.close();
    const added = [{ facts, predecessorId, reason, cleaned: options.cleaned }];
    return { recordsRemoved, bytesBefore, bytesAfter: facts.endPosition, added };
  } catch (cause) {
    await giveUp(parts, created, target);
    throw cause;
  }
}

/** Nothing has come of the new file. */
async function giveUp(
  { factory }: Pick<WriteSideParts, 'factory'>,
  created: CreatedSegment,
  { open }: Pick<ActiveSegment, 'open'>,
): Promise<void> {
  await open.reader.close();
  await open.index.close();
  await factory.discard(created);
}

async function copyKept(
  parts: WriteSideParts,
  run: readonly Segment[],
  rewrite: {
    readonly rewriter: SegmentRewriter;
    readonly keep: (cursor: RecordCursor) => boolean;
    readonly options: RewriteOptions;
  },
): Promise<number> {
  const { rewriter, keep, options } = rewrite;
  const set = parts.tail.set.pin();
  const walk = new LogWalk(strictWalk(parts), {
    segments: run,
    first: 0,
    from: run[0]?.baseOffset ?? 0,
    to: run.at(-1)?.nextOffset ?? 0,
    firstReadBytes: 256 * 1024,
  });
  let removed = 0;
  let read = 0;
  try {
    for (;;) {
      const moved = walk.next();
      if (!(typeof moved === 'boolean' ? moved : await moved)) return removed;
      options.signal?.throwIfAborted();
      const kept = keptRecords(walk, { scan: walk.scan, cursor: walk.cursor() }, keep, options.ahead);
      if (kept === undefined) throw walk.malformed();
      removed += walk.header.count - kept.records.length;
      await rewriter.write(kept);
      read += walk.header.frameBytes;
      const pause = options.onProgress?.(read);
      if (pause !== undefined) await pause;
    }
  } finally {
    walk.close();
    set.unpin();
  }
}
