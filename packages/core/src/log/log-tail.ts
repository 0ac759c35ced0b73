import { SeglogError } from '../contract/error.js';
import type { LogObserver } from '../contract/log-observer.js';
import type { RollReason, SealedSegment } from '../contract/segment-facts.js';
import type { StorageDirectory } from '../contract/storage-directory.js';
import { DeferredIndex } from '../segment/deferred-index.js';
import { Segment } from '../segment/segment.js';
import type { SegmentContext } from '../segment/segment-context.js';
import { SegmentSet } from '../segment/segment-set.js';
import type { ActiveSegment } from './active-segment.js';
import { finalSync } from './final-sync.js';
import { compareSegments } from './manifest.js';
import type { ManifestFile } from './manifest-file.js';
import type { CreatedSegment, SegmentFactory } from './segment-factory.js';

export interface LogTailParts {
  readonly name: string;
  readonly directory: StorageDirectory;
  readonly context: SegmentContext;
  readonly factory: SegmentFactory;
  readonly manifest: ManifestFile;
  readonly observer: LogObserver;
}

/** The row of segments and its growing end: publishes a new set whenever the row changes. */
export class LogTail {
  readonly #parts: LogTailParts;
  #active: ActiveSegment;
  #set: SegmentSet;

  public constructor(parts: LogTailParts, active: ActiveSegment, sealed: readonly Segment[]) {
    this.#parts = parts;
    this.#active = active;
    this.#set = new SegmentSet([...sealed, active.handle]);
  }

  public get active(): ActiveSegment {
    return this.#active;
  }

  /** The segments as of now; pin it before the first await. */
  public get set(): SegmentSet {
    return this.#set;
  }

  /**
   * The new file with its header, synced; footer and sync of the old one; then one manifest edit makes the roll true; then
   * readers see it. Nothing is being written or synced meanwhile. A full disk leaves everything as it was.
   */
  public async roll(reason: RollReason): Promise<SealedSegment> {
    const { factory, observer, name, context } = this.#parts;
    const old = this.#active;
    const created = await factory.create(old.published.nextOffset, old.name.id);
    const sealed = await this.#commitRoll(old, created, reason).catch(async (cause: unknown) => {
      await this.#undoRoll(old, created, cause);
      throw cause;
    });
    const { reason: _, ...facts } = sealed;
    const next = await factory.activate(created).catch((cause: unknown) => notOpened(created, cause));
    // It is sealed and durable: how it closes changes nothing.
    await old.closeFile().catch(() => undefined);
    const { index } = old.open;
    // An index that has yet to be made from the frames reads them through the handle that goes now: the new one makes its own.
    const complete = !(index instanceof DeferredIndex) || index.built;
    const handle = new Segment(context, facts, complete ? { index } : {});
    this.replace({ remove: [old.handle], add: [handle, next.handle], active: next });
    // The index can be made anew: that it could not be kept is no reason to fail.
    if (complete) index.flush(facts.endPosition).catch(() => undefined);
    else index.close().catch(() => undefined);
    observer.observe({ type: 'rolled', log: name, reason, segment: sealed });
    return sealed;
  }

  /** After a full disk the log is as it was, or in doubt; after anything else it is in doubt. */
  async #undoRoll(old: ActiveSegment, created: CreatedSegment, cause: unknown): Promise<void> {
    const { directory, factory } = this.#parts;
    if (!SeglogError.is(cause, 'STORAGE_FULL')) {
      await created.file.close().catch(() => undefined);
      return;
    }
    try {
      await old.cutBack();
      await finalSync(() => directory.sync());
    } catch (second) {
      throw inDoubt('a roll could not be undone', second);
    } finally {
      await factory.discard(created);
    }
  }

  async #commitRoll(old: ActiveSegment, created: CreatedSegment, reason: RollReason): Promise<SealedSegment> {
    await finalSync(() => this.#parts.directory.sync());
    const sealed = await old.seal(reason);
    const { reason: _, ...facts } = sealed;
    await this.#parts.manifest.commit([
      { type: 'seal', facts, reason },
      { type: 'add', segment: created.segment },
    ]);
    return sealed;
  }

  /** Publishes a row with other segments in it. Removed ones live until their readers have left. */
  public replace(change: {
    readonly remove: readonly Segment[];
    readonly add: readonly Segment[];
    readonly active?: ActiveSegment;
  }): void {
    const gone = new Set(change.remove);
    const segments = [...this.#set.segments.filter((segment) => !gone.has(segment)), ...change.add].toSorted(
      (a, b) => compareSegments(a.facts, b.facts),
    );
    if (change.active !== undefined) this.#active = change.active;
    const before = this.#set;
    this.#set = new SegmentSet(segments);
    before.unpin();
  }

  /** Lets go of every segment and waits for the readers that are under way. */
  public async release(): Promise<void> {
    this.#set.unpin();
    await Promise.all(this.#set.segments.map(({ closed }) => closed));
  }
}

/** The roll has happened: the old segment takes no append any more, so even a full disk must not let the log go on with it. */
async function notOpened(created: CreatedSegment, cause: unknown): Promise<never> {
  await created.file.close().catch(() => undefined);
  throw inDoubt('the segment that a roll has made cannot be opened', cause);
}

/** Never `STORAGE_FULL`, after which a log goes on. */
function inDoubt(sentence: string, cause: unknown): unknown {
  if (!SeglogError.is(cause, 'STORAGE_FULL')) return cause;
  return new SeglogError('STORAGE', sentence, cause.facts, { cause });
}
