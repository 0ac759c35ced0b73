import { requireSafeInteger } from '../invariant.js';
import type { CachedFrame } from './cached-frame.js';

/** Frames that were met once and are kept in mind, so that the second meeting is recognised. */
const MAX_MET = 8192;

interface Entry {
  readonly segment: string;
  readonly frame: CachedFrame;
}

/**
 * Verified frames that random reads came back to, bounded in bytes, shared by the logs of an engine. A frame gets in at its
 * second miss, so that reads which never come back cost next to nothing; it goes when it was not used while others came.
 * Frames do not change under their segment's name while a log is open; an opening forgets the segment whose end it may cut.
 */
export class FrameCache {
  readonly #maxBytes: number;
  /** By segment: frames in ascending order of their offsets. */
  readonly #segments = new Map<string, CachedFrame[]>();
  /** In the order in which room is looked for. */
  #queue: Entry[] = [];
  #hand = 0;
  #bytes = 0;
  #met = new Set<string>();

  /** 0 turns it off. */
  public constructor(options: { readonly maxBytes: number }) {
    requireSafeInteger(options.maxBytes, 'maxBytes');
    this.#maxBytes = options.maxBytes;
  }

  public get bytes(): number {
    return this.#bytes;
  }

  /** The frame of a segment that covers `offset`, if it is here. */
  public find(segment: string, offset: number): CachedFrame | undefined {
    const frames = this.#segments.get(segment);
    if (frames === undefined) return undefined;
    const frame = frames[place(frames, offset + 1) - 1];
    if (frame === undefined || frame.lastOffset < offset) return undefined;
    frame.recent = true;
    return frame;
  }

  /** True when the frame at this position was missed before and may come in: then offer it by `add`. */
  public wants(segment: string, position: number, frameBytes: number): boolean {
    if (frameBytes * 4 > this.#maxBytes) return false;
    const key = `${segment}@${position}`;
    if (this.#met.delete(key)) return true;
    if (this.#met.size >= MAX_MET) this.#met = new Set();
    this.#met.add(key);
    return false;
  }

  public add(segment: string, frame: CachedFrame): void {
    const frames = this.#segments.get(segment) ?? [];
    const at = place(frames, frame.baseOffset);
    if (frames[at]?.baseOffset === frame.baseOffset) return;
    frames.splice(at, 0, frame);
    this.#segments.set(segment, frames);
    this.#queue.push({ segment, frame });
    this.#bytes += frame.bytes;
    while (this.#bytes > this.#maxBytes) this.#evict();
  }

  /** Drops every frame of a segment: others may come to stand at their offsets. */
  public forget(segment: string): void {
    if (!this.#segments.delete(segment)) return;
    const kept = this.#queue.filter((entry) => entry.segment !== segment);
    this.#bytes = kept.reduce((bytes, { frame }) => bytes + frame.bytes, 0);
    this.#queue = kept;
    this.#hand = 0;
  }

  #evict(): void {
    const entry = this.#queue[this.#hand];
    if (entry === undefined) {
      this.#hand = 0;
      return;
    }
    if (entry.frame.recent) {
      entry.frame.recent = false;
      this.#hand++;
      return;
    }
    const last = this.#queue.pop();
    if (last !== undefined && last !== entry) this.#queue[this.#hand] = last;
    this.#remove(entry);
  }

  #remove({ segment, frame }: Entry): void {
    this.#bytes -= frame.bytes;
    const frames = this.#segments.get(segment);
    if (frames === undefined) return;
    frames.splice(place(frames, frame.baseOffset), 1);
    if (frames.length === 0) this.#segments.delete(segment);
  }
}

/** Number of frames that start below `offset`. */
function place(frames: readonly CachedFrame[], offset: number): number {
  let low = 0;
  let high = frames.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const frame = frames[middle];
    if (frame !== undefined && frame.baseOffset < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
