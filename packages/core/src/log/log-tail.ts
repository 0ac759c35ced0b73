import { SeglogError } from '../contract/error.js';
import type { LogObserver } from '../contract/log-observer.js';
import type { RollReason, SealedSegment } from '../contract/segment-facts.js';
import type { StorageDirectory } from '../contract/storage-directory.js';
import { invariant } from '../invariant.js';
import { DeferredIndex } from '../segment/deferred-index.js';
import { Segment } from '../segment/segment.js';
import type { SegmentContext } from '../segment/segment-context.js';
import { SegmentSet } from '../segment/segment-set.js';
import type { ActiveSegment } from './active-segment.js';
import { finalSync } from './final-sync.js';
import { compareSegments } from './manifest.js';
import type { ManifestFile } from './manifest-file.js';
import { releaseAll } from './release-all.js';
import type { CreatedSegment, SegmentFactory } from './segment-factory.js';

export interface LogTailParts {
  readonly name: string;
  readonly directory: StorageDirectory;
  readonly context: SegmentContext;
  readonly factory: SegmentFactory;
  readonly manifest: ManifestFile;
  readonly observer: LogObserver;
}

/** A segment that is full, and the one that takes its place. */
interface Turn {
  readonly old: ActiveSegment;
  readonly created: CreatedSegment;
  readonly next: ActiveSegment;
  readonly reason: RollReason;
}

/** The row of segments and its growing end: publishes a new set whenever the row changes. */
export class LogTail {
  readonly #parts: LogTailParts;
  #active: ActiveSegment;
  #set: SegmentSet;
  /** Oldest first. The manifest names the first of the old ones as active, and none behind it. */
  readonly #unsealed: Turn[] = [];

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

  /** Full segments that `sealOldest` has yet to seal. */
  public get unsealed(): number {
    return this.#unsealed.length;
  }

  /**
   * Seals the active segment, and goes on with the next one. Nothing is being written or synced meanwhile, and no other
   * segment waits to be sealed. A full disk leaves everything as it was.
   */
  public async roll(reason: RollReason): Promise<SealedSegment> {
    invariant(this.#unsealed.length === 0, 'segments are sealed in their order');
    const turn = await this.#begin(reason);
    const sealed = await this.#seal(turn).catch(async (cause: unknown) => {
      await this.#undo(turn, cause);
      throw cause;
    });
    await this.#publish(turn, sealed, { add: [turn.next.handle], active: turn.next });
    return sealed;
  }

  /**
   * The next segment takes appends at once; `sealOldest` makes the one before it durable, later. Until then only the header
   * of the new one says that it belongs to the log, and recovery goes by that. Nothing is being written meanwhile. A full
   * disk leaves everything as it was.
   */
  public async turn(reason: RollReason): Promise<void> {
    const turn = await this.#begin(reason, { sync: false });
    this.#unsealed.push(turn);
    this.replace({ remove: [], add: [turn.next.handle], active: turn.next });
  }

  /** Seals the oldest segment that waits for it. Nothing is being synced meanwhile. A full disk lets it be tried again. */
  public async sealOldest(): Promise<SealedSegment> {
    const [turn] = this.#unsealed;
    invariant(turn !== undefined, 'a segment waits to be sealed');
    await turn.next.sync();
    const sealed = await this.#seal(turn);
    this.#unsealed.shift();
    await this.#publish(turn, sealed, { add: [] });
    return sealed;
  }

  /** A file with its header, opened for appending, that the manifest does not name yet. */
  async #begin(reason: RollReason, options: { readonly sync?: boolean } = {}): Promise<Turn> {
    const { factory } = this.#parts;
    const old = this.#active;
    const created = await factory.create(old.published.nextOffset, old.name.id, options);
    try {
      return { old, created, next: await factory.activate(created), reason };
    } catch (cause) {
      await factory.discard(created);
      throw cause;
    }
  }

  /** The new file and its name; footer and sync of the old one; then one manifest edit makes the roll true. */
  async #seal({ old, created, reason }: Turn): Promise<SealedSegment> {
    await finalSync(() => this.#parts.directory.sync());
    const sealed = await old.seal(reason);
    const { reason: _, ...facts } = sealed;
    await this.#parts.manifest.commit([
      { type: 'seal', facts, reason },
      { type: 'add', segment: created.segment },
    ]);
    return sealed;
  }

  /** Readers see the old segment as the sealed one that it is now. */
  async #publish(
    { old, reason }: Turn,
    sealed: SealedSegment,
    change: { readonly add: readonly Segment[]; readonly active?: ActiveSegment },
  ): Promise<void> {
    const { observer, name, context } = this.#parts;
    const { reason: _, ...facts } = sealed;
    // It is sealed and durable: how it closes changes nothing.
    await old.closeFile().catch(() => undefined);
    const { index } = old.open;
    // An index that has yet to be made from the frames reads them through the handle that goes now: the new one makes its own.
    const complete = !(index instanceof DeferredIndex) || index.built;
    const handle = new Segment(context, facts, complete ? { index } : {});
    this.replace({ ...change, remove: [old.handle], add: [handle, ...change.add] });
    // The index can be made anew: that it could not be kept is no reason to fail.
    if (complete) index.flush(facts.endPosition).catch(() => undefined);
    else index.close().catch(() => undefined);
    observer.observe({ type: 'rolled', log: name, reason, segment: sealed });
  }

  /** After a full disk the log is as it was, or in doubt; after anything else it is in doubt, and the file stays. */
  async #undo({ old, created, next }: Turn, cause: unknown): Promise<void> {
    const { directory, factory } = this.#parts;
    await next.open.reader.close();
    await next.open.index.close().catch(() => undefined);
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

  /** Closes what is open for appending. Readers live on. */
  public closeFiles(): Promise<void> {
    const open = [...this.#unsealed.map(({ old }) => old), this.#active];
    return releaseAll(open.flatMap((one) => [() => one.closeFile(), () => one.open.index.close()]));
  }

  /** Lets go of every segment and waits for the readers that are under way. */
  public async release(): Promise<void> {
    this.#set.unpin();
    await Promise.all(this.#set.segments.map(({ closed }) => closed));
  }
}

/** Never `STORAGE_FULL`, after which a log goes on. */
function inDoubt(sentence: string, cause: unknown): unknown {
  if (!SeglogError.is(cause, 'STORAGE_FULL')) return cause;
  return new SeglogError('STORAGE', sentence, cause.facts, { cause });
}
