import type { Checksum } from '../contract/checksum.js';
import { SeglogError } from '../contract/error.js';
import type { SegmentCodec } from '../contract/frame-codec.js';
import type { SegmentIndex } from '../contract/index-store.js';
import type { SegmentFacts } from '../contract/segment-facts.js';
import type { SegmentReader } from '../contract/segment-reader.js';
import type { SegmentContext } from './segment-context.js';
import type { SegmentCounts } from './segment-counts.js';
import { segmentFileName } from './segment-name.js';
import { openSegmentFile } from './segment-open.js';

/** A segment whose file has been opened and found to be what the manifest says it is. */
export interface OpenSegment {
  readonly salt: number;
  /** Guards header and footer. */
  readonly crc32c: Checksum;
  /** Longest frame that this segment may hold. */
  readonly maxFrameBytes: number;
  readonly codec: SegmentCodec;
  readonly codecId: number;
  readonly checksum: Checksum;
  readonly reader: SegmentReader;
  readonly index: SegmentIndex;
}

/**
 * One segment of a log, opened on first use. Held by the {@link SegmentSet}s that list it; when the last of them goes, its
 * reader is closed, and its files are removed if it was retired.
 */
export class Segment {
  public readonly file: string;
  readonly #context: SegmentContext;
  readonly #fixed: SegmentFacts;
  readonly #live: SegmentCounts | undefined;
  readonly #index: SegmentIndex | undefined;
  #open: OpenSegment | Promise<OpenSegment> | undefined;
  readonly #closed = deferred();
  #holders = 0;
  #retired = false;

  /**
   * `live` are the published counts of an active segment, which grow; without them the facts are final. `open` and `index`
   * hand over parts that are open already.
   */
  public constructor(
    context: SegmentContext,
    facts: SegmentFacts,
    parts: { readonly live?: SegmentCounts; readonly open?: OpenSegment; readonly index?: SegmentIndex } = {},
  ) {
    this.#context = context;
    this.#fixed = facts;
    this.#live = parts.live;
    this.#open = parts.open;
    this.#index = parts.index;
    this.file = segmentFileName(facts);
  }

  public get baseOffset(): number {
    return this.#fixed.baseOffset;
  }

  public get firstPosition(): number {
    return this.#fixed.firstPosition;
  }

  /** First byte after the last frame that may be read. */
  public get endPosition(): number {
    return (this.#live ?? this.#fixed).endPosition;
  }

  public get nextOffset(): number {
    return (this.#live ?? this.#fixed).nextOffset;
  }

  public get maxTimestampMs(): number {
    return (this.#live ?? this.#fixed).maxTimestampMs;
  }

  /** Where the frame with this offset stands, or one before it, without a look into the index: for those who keep up with appends. */
  public recent(offset: number): number | undefined {
    const live = this.#live;
    return live !== undefined && offset >= live.recentOffset ? live.recentPosition : undefined;
  }

  public get recordCount(): number {
    return (this.#live ?? this.#fixed).recordCount;
  }

  public get facts(): SegmentFacts {
    return this.#live === undefined ? this.#fixed : this.#live.facts(this.#fixed, this.#fixed);
  }

  /**
   * The open segment; without a promise when it is open already. Rejects when the file is not what it should be. The caller
   * holds the segment, or a set that lists it, until it has done with what it gets.
   */
  public use(): OpenSegment | Promise<OpenSegment> {
    if (this.#open !== undefined) return this.#open;
    const opening = this.#openFile();
    this.#open = opening;
    return opening;
  }

  /** Its files are removed when the last holder has let go. */
  public retire(): void {
    this.#retired = true;
  }

  public hold(): void {
    this.#holders++;
  }

  public letGo(): void {
    this.#holders--;
    if (this.#holders > 0) return;
    void this.#end();
  }

  /** Resolves when the last holder has let go and everything is closed. Never rejects. */
  public get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /** A failed opening is tried again at the next use. */
  async #openFile(): Promise<OpenSegment> {
    try {
      const open = await openSegmentFile(this.#context, this.#fixed, {
        endPosition: () => this.endPosition,
        index: this.#index,
      });
      this.#open = open;
      return open;
    } catch (cause) {
      this.#open = undefined;
      throw cause;
    }
  }

  async #end(): Promise<void> {
    await this.#close().catch(() => undefined);
    if (this.#retired) this.#context.onDrained(this.#fixed);
    this.#closed.resolve();
  }

  async #close(): Promise<void> {
    const open = this.#open;
    this.#open = Promise.reject(new SeglogError('LOG_CLOSED', 'the segment was closed', { file: this.file }));
    this.#open.catch(() => undefined);
    if (open === undefined) {
      await this.#index?.close();
      return;
    }
    const { reader, index } = await open;
    await reader.close();
    if (this.#live === undefined || this.#retired) await index.close();
  }
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let settle: (() => void) | undefined;
  const promise = new Promise<void>((resolve) => {
    settle = resolve;
  });
  return { promise, resolve: () => settle?.() };
}
