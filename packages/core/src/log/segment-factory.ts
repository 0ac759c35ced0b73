import type { Checksum } from '../contract/checksum.js';
import type { Clock } from '../contract/clock.js';
import type { FrameCodec } from '../contract/frame-codec.js';
import type { RandomSource } from '../contract/random-source.js';
import type { SegmentFacts, SegmentName } from '../contract/segment-facts.js';
import type { SegmentReader } from '../contract/segment-reader.js';
import type { WritableFile } from '../contract/storage-directory.js';
import { invariant } from '../invariant.js';
import { toHex } from '../segment/hex.js';
import { IndexBuilder } from '../segment/index-builder.js';
import { RecentFile } from '../segment/recent-file.js';
import { type OpenSegment, Segment } from '../segment/segment.js';
import type { SegmentContext } from '../segment/segment-context.js';
import { SegmentCounts } from '../segment/segment-counts.js';
import { encodeSegmentHeader, type SegmentHeader } from '../segment/segment-header.js';
import { segmentFileName } from '../segment/segment-name.js';
import { openSegmentFile, segmentCodec } from '../segment/segment-open.js';
import { openActiveReader, WriteBehindFile } from '../segment/write-behind-file.js';
import type { WriteBehindMemory } from '../segment/write-behind-memory.js';
import { ActiveSegment } from './active-segment.js';
import { emptyFacts, type NewSegment } from './manifest.js';

export interface SegmentFactoryParts {
  readonly context: SegmentContext;
  readonly codec: FrameCodec;
  readonly checksum: Checksum;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Segments are written behind: what goes into them is safe elsewhere until they are synced. */
  readonly writeBehind: WriteBehindMemory | undefined;
}

/** A segment file that has been created, and that no manifest names yet. */
export interface CreatedSegment {
  readonly segment: NewSegment;
  readonly header: SegmentHeader;
  readonly file: WritableFile;
}

/** Makes segment files, and opens them for appending. */
export class SegmentFactory {
  readonly #parts: SegmentFactoryParts;

  public constructor(parts: SegmentFactoryParts) {
    this.#parts = parts;
  }

  /**
   * File and header written and, unless the caller sees to it, synced; its name becomes durable by the caller's sync of the
   * directory. `minFrameBytes` is the longest frame that it must be able to hold, whatever the settings say.
   */
  public async create(
    baseOffset: number,
    predecessorId: string | undefined,
    options: { readonly minFrameBytes?: number; readonly sync?: boolean } = {},
  ): Promise<CreatedSegment> {
    const { context, codec, checksum, clock, random } = this.#parts;
    const bytes = random.bytes(12);
    const segment: NewSegment = {
      id: toHex(bytes.subarray(0, 8)),
      baseOffset,
      createdAtMs: clock.nowMs(),
      predecessorId,
    };
    const header: SegmentHeader = {
      ...segment,
      logId: context.logId,
      salt: new DataView(bytes.buffer, bytes.byteOffset).getUint32(8),
      codecId: codec.id,
      checksumId: checksum.id,
      maxFrameBytes: Math.max(context.maxFrameBytes, options.minFrameBytes ?? 0),
    };
    const file = this.#remembering(await context.directory.create(segmentFileName(segment)));
    try {
      await file.write(0, [encodeSegmentHeader(header, context.crc32c)]);
      if (options.sync !== false) await file.sync();
      return { segment, header, file };
    } catch (cause) {
      await file.close();
      await context.directory.remove(segmentFileName(segment)).catch(() => undefined);
      throw cause;
    }
  }

  /** Opens a created segment for appending. */
  public async activate(created: CreatedSegment): Promise<ActiveSegment> {
    const { context } = this.#parts;
    const facts = emptyFacts(created.segment);
    const name = segmentFileName(facts);
    const published = SegmentCounts.from(facts);
    const reader = await openActiveReader(context.directory, name, {
      file: created.file,
      writtenBytes: () => published.endPosition,
    });
    const { index } = await context.indexes.open(facts).catch(async (cause: unknown) => {
      await reader.close();
      throw cause;
    });
    const open: OpenSegment = {
      salt: created.header.salt,
      crc32c: context.crc32c,
      maxFrameBytes: created.header.maxFrameBytes,
      codec: segmentCodec(context, created.header, name),
      codecId: created.header.codecId,
      checksum: this.#parts.checksum,
      reader,
      index,
    };
    return this.#activeSegment(facts, { file: created.file, open, published });
  }

  /** Opens the active segment of an existing log; `facts` are what recovery found. */
  public async resume(facts: SegmentFacts): Promise<ActiveSegment> {
    const { context } = this.#parts;
    const published = SegmentCounts.from(facts);
    const name = segmentFileName(facts);
    const endPosition = (): number => published.endPosition;
    let file: WritableFile | undefined;
    const openReader = async (): Promise<SegmentReader> => {
      file = this.#remembering(await context.directory.open(name));
      return openActiveReader(context.directory, name, { file, writtenBytes: endPosition });
    };
    try {
      const open = await openSegmentFile(context, facts, { endPosition, openReader });
      invariant(file !== undefined, 'a segment is opened for writing with its reader');
      return this.#activeSegment(facts, { file, open, published });
    } catch (cause) {
      await file?.close().catch(() => undefined);
      throw cause;
    }
  }

  public get codecId(): number {
    return this.#parts.codec.id;
  }

  /** Removes a file that was created and never named. */
  public async discard(created: CreatedSegment): Promise<void> {
    await created.file.close().catch(() => undefined);
    await this.#parts.context.directory
      .remove(segmentFileName(nameOf(created.segment)))
      .catch(() => undefined);
  }

  #remembering(file: WritableFile): WritableFile {
    const { writeBehind } = this.#parts;
    return writeBehind === undefined ? new RecentFile(file) : new WriteBehindFile(file, writeBehind);
  }

  #activeSegment(
    facts: SegmentFacts,
    parts: {
      readonly file: WritableFile;
      readonly open: OpenSegment;
      readonly published: SegmentCounts;
    },
  ): ActiveSegment {
    const { context } = this.#parts;
    const { file, open, published } = parts;
    const handle = new Segment(context, facts, { live: published, open });
    const builder = new IndexBuilder(context.indexIntervalBytes, {
      position: published.endPosition,
      maxTimestampMs: published.maxTimestampMs,
    });
    return new ActiveSegment({ facts, file, open, handle, published, builder });
  }
}

function nameOf({ id, baseOffset }: SegmentName): SegmentName {
  return { id, baseOffset };
}
