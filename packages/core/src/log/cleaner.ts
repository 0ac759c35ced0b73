import { SeglogError } from '../contract/error.js';
import type { RecordCursor } from '../contract/frame-codec.js';
import type {
  LogMaintenance,
  MaintainedSegment,
  RewriteOptions,
  RewriteResult,
  SegmentLimits,
  VisitOptions,
} from '../contract/log-maintenance.js';
import type { SegmentFacts } from '../contract/segment-facts.js';
import { requireSafeInteger } from '../invariant.js';
import { SerialQueue } from '../journal/serial-queue.js';
import { Segment } from '../segment/segment.js';
import { LogWalk } from './log-walk.js';
import type { ManifestEdit, ManifestSegment } from './manifest.js';
import { rewriteSegments } from './rewrite-segments.js';
import { strictWalk } from './strict-walk.js';
import type { WriteSideParts } from './write-side-parts.js';

export interface CleanerParts extends WriteSideParts {
  requireHealthy(): void;
  /** Asks for a sync of what lies below `upTo`, whatever the policy says. */
  forceSync(upTo: number): void;
}

/** What happens to segments beside the appends: one step at a time, each true by one manifest edit. */
export class Cleaner implements LogMaintenance {
  readonly #parts: CleanerParts;
  readonly #queue = new SerialQueue();

  public constructor(parts: CleanerParts) {
    this.#parts = parts;
  }

  /** Runs a step while no other maintenance is under way. */
  public alone<T>(step: () => Promise<T>): Promise<T> {
    return this.#queue.run(step);
  }

  public get limits(): SegmentLimits {
    const { maxSegmentBytes, maxSegmentOffsets } = this.#parts.settings;
    return { maxSegmentBytes, maxSegmentOffsets };
  }

  public segments(): readonly MaintainedSegment[] {
    const { tail, manifest } = this.#parts;
    const marks = new Map(manifest.state.segments.map(({ facts, cleaned }) => [facts.id, cleaned]));
    return tail.set.segments.map(({ facts }) => ({ ...facts, cleaned: marks.get(facts.id) }));
  }

  public async deleteRecordsBefore(firstKept: number): Promise<void> {
    requireSafeInteger(firstKept, 'firstKept');
    await this.alone(() => this.#raiseStart(firstKept));
  }

  public async purgeBefore(firstKept: number): Promise<number> {
    requireSafeInteger(firstKept, 'firstKept');
    return this.alone(async () => {
      const { segments } = this.#parts.tail.set;
      const kept = segments.findIndex(({ nextOffset }) => nextOffset > firstKept);
      const first = segments[kept < 0 ? segments.length - 1 : kept];
      return first === undefined ? 0 : this.#raiseStart(first.baseOffset);
    });
  }

  public async rewrite(
    sources: readonly SegmentFacts[],
    keep: (cursor: RecordCursor) => boolean,
    options: RewriteOptions = {},
  ): Promise<RewriteResult> {
    return this.alone(async () => {
      this.#parts.requireHealthy();
      this.#find(options.requires ?? []);
      const run = this.#find(sources);
      const { added, ...result } = await rewriteSegments(this.#parts, run, { keep, options });
      await this.#swap(run, added);
      return result;
    });
  }

  public async visit(
    sources: readonly SegmentFacts[],
    visit: (cursor: RecordCursor) => void,
    options: VisitOptions = {},
  ): Promise<void> {
    const run = this.#find(sources);
    const set = this.#parts.tail.set.pin();
    const walk = new LogWalk(strictWalk(this.#parts), {
      segments: run,
      first: 0,
      from: run[0]?.baseOffset ?? 0,
      to: Math.min(run.at(-1)?.nextOffset ?? 0, this.#parts.marks.now.highWatermark),
      firstReadBytes: 256 * 1024,
    });
    try {
      for (let read = 0; ; ) {
        const moved = walk.next();
        if (!(typeof moved === 'boolean' ? moved : await moved)) return;
        options.signal?.throwIfAborted();
        const cursor = walk.cursor();
        while (cursor.next()) visit(cursor);
        if (cursor.malformed) throw walk.malformed();
        read += walk.header.frameBytes;
        const pause = options.onProgress?.(read);
        if (pause !== undefined) await pause;
      }
    } finally {
      walk.close();
      set.unpin();
    }
  }

  public async close(): Promise<void> {
    await this.#queue.idle();
  }

  /** The log start goes up, durably, and then the segments below it go: when their last reader has left. */
  async #raiseStart(firstKept: number): Promise<number> {
    this.#parts.requireHealthy();
    const { marks, manifest, tail, components } = this.#parts;
    const { logStart, highWatermark, logEnd } = marks.now;
    if (firstKept > highWatermark) {
      throw new SeglogError('OFFSET_OUT_OF_RANGE', 'records are not deleted beyond the high watermark', {
        offset: firstKept,
        reason: 'future',
        logStart,
        logEnd,
      });
    }
    if (firstKept <= logStart) return 0;
    // A log start beyond what a power cut leaves would swallow the records that take those offsets afterwards.
    if (firstKept > marks.synced) {
      this.#parts.forceSync(firstKept);
      await marks.reached('synced', firstKept);
    }
    const { segments } = tail.set;
    const removed = segments.filter(({ facts }) => facts.sealed && facts.nextOffset <= firstKept);
    const edits: ManifestEdit[] = [{ type: 'start', logStart: firstKept }];
    if (removed.length > 0)
      edits.push({ type: 'swap', remove: removed.map(({ facts }) => facts.id), add: [] });
    await manifest.commit(edits);
    marks.advance({ logStart: firstKept });
    if (removed.length > 0) {
      for (const segment of removed) segment.retire();
      tail.replace({ remove: removed, add: [] });
    }
    const event = {
      type: 'purged',
      log: components.name,
      logStart: firstKept,
      segments: removed.length,
    } as const;
    components.observer.observe(event);
    return removed.length;
  }

  async #swap(run: readonly Segment[], added: readonly ManifestSegment[]): Promise<void> {
    const { manifest, tail, segments } = this.#parts;
    await manifest.commit([{ type: 'swap', remove: run.map(({ facts }) => facts.id), add: added }]);
    for (const segment of run) segment.retire();
    tail.replace({ remove: run, add: added.map(({ facts }) => new Segment(segments, facts)) });
  }

  /** The segments that facts describe. `RangeError` for one that is not there (any more). */
  #find(sources: readonly SegmentFacts[]): readonly Segment[] {
    const { segments } = this.#parts.tail.set;
    return sources.map(({ id }) => {
      const found = segments.find(({ facts }) => facts.id === id);
      if (found === undefined) throw new RangeError(`segment ${id} is not part of the log`);
      return found;
    });
  }
}
