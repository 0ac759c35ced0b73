import type { SegmentCodec } from '../contract/frame-codec.js';
import type { IndexEntry, SegmentIndex } from '../contract/index-store.js';
import type { SegmentFacts } from '../contract/segment-facts.js';
import type { SegmentReader } from '../contract/segment-reader.js';
import { FrameScan } from './frame-scan.js';
import { IndexBuilder } from './index-builder.js';
import type { SegmentContext } from './segment-context.js';

export interface IndexedFrames {
  readonly facts: SegmentFacts;
  readonly codec: SegmentCodec;
  readonly reader: SegmentReader;
  readonly maxFrameBytes: number;
  endPosition(): number;
}

/**
 * An index that does not cover its segment, and is made from the frames when somebody first looks something up: so that
 * opening a log reads none of them. Entries that arrive before are not needed; those that arrive meanwhile wait, and are of
 * frames behind those that are scanned: whoever publishes a frame hands on its entry in the same turn.
 */
export class DeferredIndex implements SegmentIndex {
  readonly #index: SegmentIndex;
  readonly #context: SegmentContext;
  readonly #frames: IndexedFrames;
  #building: Promise<void> | undefined;
  #built = false;
  #arrived: IndexEntry[] = [];

  public constructor(index: SegmentIndex, context: SegmentContext, frames: IndexedFrames) {
    this.#index = index;
    this.#context = context;
    this.#frames = frames;
  }

  /** It covers its segment and reads no frames any more. */
  public get built(): boolean {
    return this.#built;
  }

  public append(entry: IndexEntry): void {
    if (this.#built) this.#index.append(entry);
    else if (this.#building !== undefined) this.#arrived.push(entry);
  }

  public floor(offset: number): number | Promise<number> {
    return this.#built ? this.#index.floor(offset) : this.#build().then(() => this.#index.floor(offset));
  }

  public floorByTime(timestampMs: number): number | Promise<number> {
    if (this.#built) return this.#index.floorByTime(timestampMs);
    return this.#build().then(() => this.#index.floorByTime(timestampMs));
  }

  public truncateAfter(position: number): void {
    this.#index.truncateAfter(position);
    this.#arrived = this.#arrived.filter((entry) => entry.position < position);
  }

  /** Keeps nothing while there is nothing to keep: the next open starts where this one did. */
  public async flush(coveredUpTo: number): Promise<void> {
    if (this.#built) await this.#index.flush(coveredUpTo);
  }

  public async close(): Promise<void> {
    await this.#building?.catch(() => undefined);
    await this.#index.close();
  }

  #build(): Promise<void> {
    this.#building ??= this.#scan();
    return this.#building;
  }

  async #scan(): Promise<void> {
    const { facts } = this.#frames;
    const endPosition = this.#frames.endPosition();
    const scratch = this.#context.buffers.acquire();
    try {
      this.#index.truncateAfter(facts.firstPosition);
      await this.#offerFrames(endPosition, scratch);
      for (const entry of this.#arrived) this.#index.append(entry);
      this.#arrived = [];
      this.#built = true;
      this.#context.onIndexRebuilt(facts);
      if (facts.sealed && !this.#context.readOnly)
        await this.#index.flush(facts.endPosition).catch(() => undefined);
    } catch (cause) {
      this.#building = undefined;
      this.#arrived = [];
      throw cause;
    } finally {
      this.#context.buffers.release(scratch);
    }
  }

  /**
   * Trusts headers only: a damaged one, or one in the place of another, ends the index there, and reading on from its last
   * entry meets the damage itself.
   */
  async #offerFrames(endPosition: number, scratch: Uint8Array): Promise<void> {
    const { facts, codec, reader, maxFrameBytes } = this.#frames;
    const builder = new IndexBuilder(this.#context.indexIntervalBytes, {
      position: facts.firstPosition,
      maxTimestampMs: -1,
    });
    const scan = new FrameScan(reader, codec, {
      position: facts.firstPosition,
      endPosition,
      maxFrameBytes,
      scratch,
    });
    let nextOffset = facts.baseOffset;
    let status = await scan.look();
    while (status === 'frame' && scan.header.baseOffset >= nextOffset) {
      const entry = builder.offer(scan.header, scan.position);
      if (entry !== undefined) this.#index.append(entry);
      nextOffset = scan.header.lastOffset + 1;
      scan.advance();
      const pause = this.#context.breathe(scan.header.frameBytes);
      if (pause !== undefined) await pause;
      const next = scan.look();
      status = typeof next === 'string' ? next : await next;
    }
  }
}
