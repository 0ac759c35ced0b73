import type { Checksum } from '../contract/checksum.js';
import type { SegmentCodec } from '../contract/frame-codec.js';
import type { RollReason, SealedSegment, SegmentFacts } from '../contract/segment-facts.js';
import type { WritableFile } from '../contract/storage-directory.js';
import { invariant } from '../invariant.js';
import type { IndexBuilder } from '../segment/index-builder.js';
import type { OpenSegment, Segment } from '../segment/segment.js';
import { SegmentCounts } from '../segment/segment-counts.js';
import { encodeSegmentFooter, SEGMENT_FOOTER_BYTES } from '../segment/segment-footer.js';
import { WriteBehindFile } from '../segment/write-behind-file.js';
import { finalSync } from './final-sync.js';
import { releaseAll } from './release-all.js';

export interface ActiveParts {
  /** Facts as of the moment it was opened. */
  readonly facts: SegmentFacts;
  readonly file: WritableFile;
  readonly open: OpenSegment;
  readonly handle: Segment;
  /** Counts of what is written, which readers see. */
  readonly published: SegmentCounts;
  readonly builder: IndexBuilder;
}

/** The segment that takes appends. Its writer owns it: every method is called by one caller at a time. */
export class ActiveSegment {
  public readonly name: SegmentFacts;
  public readonly handle: Segment;
  public readonly open: OpenSegment;
  public readonly published: SegmentCounts;
  /** Counts of what has been given an offset and a position, written or not. */
  public readonly assigned: SegmentCounts;
  public readonly builder: IndexBuilder;
  readonly #file: WritableFile;

  public constructor(parts: ActiveParts) {
    this.name = parts.facts;
    this.handle = parts.handle;
    this.open = parts.open;
    this.published = parts.published;
    this.assigned = new SegmentCounts(parts.published);
    this.assigned.copyFrom(parts.published);
    this.builder = parts.builder;
    this.#file = parts.file;
  }

  public get codec(): SegmentCodec {
    return this.open.codec;
  }

  public get checksum(): Checksum {
    return this.open.checksum;
  }

  /** Writes at the end of what is written. All of it, or rejects; undefined when it is done. */
  public write(position: number, bytes: Uint8Array): Promise<void> | undefined {
    return this.#file.write(position, [bytes]);
  }

  /**
   * Memory for the next `bytes` bytes of a segment that is written behind, from `lentAt` on; `keep` makes them part of it.
   * Undefined when there is no room before a `flush`.
   */
  public lend(bytes: number): Uint8Array | undefined {
    return this.#behind.lend(this.assigned.endPosition, bytes);
  }

  public get lentAt(): number {
    return this.#behind.lentAt;
  }

  public keep(bytes: number): void {
    this.#behind.keep(bytes);
  }

  /** Hands what is in memory to the medium; see `WriteBehindFile`. */
  public flush(): Promise<void> {
    return this.#behind.flush();
  }

  /** Zeros ahead of the writer, so that a sync has no metadata to write. A hint: a full disk is not an error yet. */
  public async preallocate(sizeBytes: number): Promise<void> {
    if (this.#file.sizeBytes < sizeBytes) await this.#file.preallocate(sizeBytes);
  }

  /** Bytes that are there already beyond `position`. */
  public aheadOf(position: number): number {
    return this.#file.sizeBytes - position;
  }

  public async sync(): Promise<void> {
    if (this.#file instanceof WriteBehindFile) await this.#file.flush();
    await finalSync(() => this.#file.sync());
  }

  /** Takes back whatever a failed write left behind the last good frame, durably. */
  public async cutBack(): Promise<void> {
    await this.#file.truncate(this.published.endPosition);
    await this.sync();
  }

  /** Footer, exact length, sync: the file is complete and never changes again. */
  public async seal(reason: RollReason): Promise<SealedSegment> {
    const facts = { ...this.published.facts(this.name, this.name), sealed: true as const, reason };
    const footer = encodeSegmentFooter({ facts, reason }, this.open.crc32c);
    await this.#file.write(facts.endPosition, [footer]);
    await this.#file.truncate(facts.endPosition + SEGMENT_FOOTER_BYTES);
    await this.sync();
    return facts;
  }

  /** Exact length and sync, without a footer: what a clean close leaves. */
  public async settle(): Promise<SegmentFacts> {
    if (this.#file.sizeBytes > this.published.endPosition) {
      await this.#file.truncate(this.published.endPosition);
    }
    await this.sync();
    return this.published.facts(this.name, this.name);
  }

  /** Releases everything: nobody has come to read it. */
  public release(): Promise<void> {
    const { reader, index } = this.open;
    return releaseAll([() => this.closeFile(), () => reader.close(), () => index.close()]);
  }

  /** Releases the file; the handle's reader lives on for those who read. */
  public closeFile(): Promise<void> {
    return this.#file.close();
  }

  get #behind(): WriteBehindFile {
    const file = this.#file;
    invariant(file instanceof WriteBehindFile, 'only a segment that is written behind takes placed frames');
    return file;
  }
}
