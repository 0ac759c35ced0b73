import assert from 'node:assert/strict';
import type {
  IndexEntry,
  IndexStore,
  IndexStoreFactory,
  SegmentFacts,
  SegmentIndex,
  StorageDirectory,
} from '@seglog/core';
import * as fc from 'fast-check';

/** An empty place for indexes, and the store that keeps them there. */
export interface IndexStoreFixture {
  readonly directory: StorageDirectory;
  /** Called with `directory` each time that the exam opens the log anew. */
  readonly factory: IndexStoreFactory;
  /** Closes what the exam has left open, and leaves nothing behind. */
  dispose(): Promise<void>;
}

export type CreateIndexStore = () => IndexStoreFixture | Promise<IndexStoreFixture>;

/** What a store claims, and the exam holds it to. */
export interface IndexStoreSupports {
  /** What was flushed is covered when the segment is opened again. */
  readonly keeps: boolean;
  /** It keeps files in its directory, which may be damaged at any time. */
  readonly files: boolean;
}

/** Declares one test that runs on a fixture of its own. */
export type IndexCheck = (title: string, body: (fixture: IndexStoreFixture) => Promise<void>) => void;

/** A frame as far as an index is concerned. */
export interface IndexedFrame {
  readonly offset: number;
  readonly lastOffset: number;
  readonly position: number;
  readonly bytes: number;
  readonly maxTimestampMs: number;
}

/** What a frame is made of, before it has its place. */
export type FrameShape = Pick<IndexedFrame, 'bytes' | 'maxTimestampMs'> & {
  readonly gap: number;
  readonly count: number;
};

export const FIRST_POSITION = 128;

export const frameShapes: fc.Arbitrary<FrameShape[]> = fc.array(
  fc.record({
    bytes: fc.integer({ min: 20, max: 400 }),
    gap: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(7)),
    count: fc.integer({ min: 1, max: 9 }),
    maxTimestampMs: fc.oneof(fc.nat(50), fc.constantFrom(0, 2 ** 41, Number.MAX_SAFE_INTEGER)),
  }),
  { maxLength: 30 },
);

/** A segment of these frames, which grows and shrinks as the exam says. */
export class IndexedSegment {
  #id: string;
  #baseOffset: number;
  #frames: readonly IndexedFrame[] = [];

  public constructor({ id = 1, baseOffset = 1000 }: { id?: number; baseOffset?: number } = {}) {
    this.#id = id.toString(16).padStart(16, '0');
    this.#baseOffset = baseOffset;
  }

  public copy(): IndexedSegment {
    const copy = new IndexedSegment();
    copy.#id = this.#id;
    copy.#baseOffset = this.#baseOffset;
    copy.#frames = this.#frames;
    return copy;
  }

  public get frames(): readonly IndexedFrame[] {
    return this.#frames;
  }

  public get endPosition(): number {
    const last = this.#frames.at(-1);
    return last === undefined ? FIRST_POSITION : last.position + last.bytes;
  }

  public facts(sealed = false): SegmentFacts {
    const timestamps = this.#frames.map((frame) => frame.maxTimestampMs);
    const none = timestamps.length === 0;
    return {
      id: this.#id,
      baseOffset: this.#baseOffset,
      sealed,
      firstPosition: FIRST_POSITION,
      endPosition: this.endPosition,
      nextOffset: this.#nextOffset(),
      recordCount: this.#frames.reduce((sum, frame) => sum + frame.lastOffset - frame.offset + 1, 0),
      minTimestampMs: none ? -1 : Math.min(...timestamps),
      maxTimestampMs: none ? -1 : Math.max(...timestamps),
      maxAppendTimeMs: none ? -1 : 5,
      tombstones: 0,
      framesChecksum: 0,
      createdAtMs: 1,
    };
  }

  public grow(shapes: readonly FrameShape[]): void {
    for (const { bytes, gap, count, maxTimestampMs } of shapes) {
      const offset = this.#nextOffset() + gap;
      const frame = {
        offset,
        lastOffset: offset + count - 1,
        position: this.endPosition,
        bytes,
        maxTimestampMs,
      };
      this.#frames = [...this.#frames, frame];
    }
  }

  /** Keeps the first `count` frames. */
  public cut(count: number): void {
    this.#frames = this.#frames.slice(0, count);
  }

  /** Offers the frames from `coveredUpTo` on, as the log does: an entry whenever `interval` bytes have gone by. */
  public offer(index: SegmentIndex, coveredUpTo: number, interval = 500): void {
    let due = coveredUpTo;
    for (const frame of this.#frames) {
      if (frame.position < due) continue;
      index.append(this.#entryOf(frame));
      due = frame.position + interval;
    }
  }

  #entryOf({ offset, position }: IndexedFrame): IndexEntry {
    const before = this.#frames.filter((frame) => frame.position < position);
    return { offset, position, maxTimestampMs: Math.max(-1, ...before.map((frame) => frame.maxTimestampMs)) };
  }

  #nextOffset(): number {
    return (this.#frames.at(-1)?.lastOffset ?? this.#baseOffset - 1) + 1;
  }
}

/** Offers what is not covered, and returns what must be closed. */
export async function openIndex(
  store: IndexStore,
  segment: IndexedSegment,
  sealed = false,
): Promise<SegmentIndex> {
  const facts = segment.facts(sealed);
  const { index, coveredUpTo } = await store.open(facts);
  expectCoverage(coveredUpTo, facts);
  segment.offer(index, coveredUpTo);
  return index;
}

/** A fresh segment for each run of a property, in the one directory that its test has. */
let lastSegmentId = 0;

export function freshSegment(): IndexedSegment {
  lastSegmentId += 1;
  return new IndexedSegment({ id: lastSegmentId });
}

function expectCoverage(coveredUpTo: number, { firstPosition, endPosition }: SegmentFacts): void {
  assert.ok(
    coveredUpTo >= firstPosition && coveredUpTo <= endPosition,
    `coveredUpTo is ${coveredUpTo}, not within [${firstPosition}, ${endPosition}]`,
  );
}

export function storeOf({ factory, directory }: IndexStoreFixture): IndexStore {
  return factory(directory);
}

/** Every answer of the index is a place to start from: the start of a frame that skips nothing that is asked for. */
export async function expectRight(index: SegmentIndex, segment: IndexedSegment): Promise<void> {
  const { frames } = segment;
  const starts = new Set([FIRST_POSITION, ...frames.map((frame) => frame.position)]);
  for (const offset of offsetsToAsk(frames)) {
    const position = await index.floor(offset);
    assert.ok(starts.has(position), `floor(${offset}) is ${position}, where no frame starts`);
    const wanted = frames.find((frame) => frame.lastOffset >= offset)?.position ?? Infinity;
    assert.ok(position <= wanted, `floor(${offset}) is ${position}, beyond the frame at ${wanted}`);
  }
  for (const timestampMs of timesToAsk(frames)) {
    const position = await index.floorByTime(timestampMs);
    assert.ok(starts.has(position), `floorByTime(${timestampMs}) is ${position}, where no frame starts`);
    const skipped = frames.find((frame) => frame.position < position && frame.maxTimestampMs >= timestampMs);
    assert.ok(skipped === undefined, `floorByTime(${timestampMs}) is ${position}, beyond a later record`);
  }
}

function offsetsToAsk(frames: readonly IndexedFrame[]): ReadonlySet<number> {
  const near = frames.flatMap(({ offset, lastOffset }) => [offset - 1, offset, lastOffset, lastOffset + 1]);
  return new Set([0, ...near, Number.MAX_SAFE_INTEGER]);
}

function timesToAsk(frames: readonly IndexedFrame[]): ReadonlySet<number> {
  const near = frames.flatMap(({ maxTimestampMs }) => [maxTimestampMs, maxTimestampMs + 1]);
  return new Set([0, 1, ...near.filter(Number.isSafeInteger), Number.MAX_SAFE_INTEGER]);
}
