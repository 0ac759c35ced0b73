import type { FrameHeader } from '../contract/frame-codec.js';
import { invariant, requireSafeInteger } from '../invariant.js';
import { CachedFrame } from './cached-frame.js';
import { ClockQueue } from './clock-queue.js';
import { CopySlab } from './copy-slab.js';
import { FrameTable } from './frame-table.js';

/** Frames that were met once and are kept in mind, so that the second meeting is recognised, in rows of a few. */
const MET_ROWS = 8192;
const MET_IN_ROW = 4;
/** Neither a table nor the bytes of a frame take more than this part of the room. */
const SHARE = 8;

/**
 * Verified frames that random reads came back to, bounded in bytes, shared by the logs of an engine. A frame gets in at its
 * second miss, so that reads which never come back cost next to nothing: with a table, by which a record is read and verified
 * without the rest of its frame, and with its bytes while there is room or when it is read again and again. What was not
 * used while others came goes first, and bytes before tables while they take more than half.
 *
 * Frames do not change under their segment's name while a log is open; an opening forgets the segment whose end it may cut.
 */
export class FrameCache {
  /** For copies of small records: one for all logs, so that a read here and there takes no memory for many. */
  public readonly slab: CopySlab = new CopySlab();
  readonly #maxBytes: number;
  /** By segment: frames in ascending order of their offsets. */
  readonly #segments = new Map<string, CachedFrame[]>();
  readonly #tables = new ClockQueue<CachedFrame>();
  readonly #sources = new ClockQueue<CachedFrame>();
  #tableBytes = 0;
  #sourceBytes = 0;
  /** Fingerprints, the last one that came to a row first. */
  readonly #met = new Uint32Array(MET_ROWS * MET_IN_ROW);

  /** 0 turns it off. */
  public constructor(options: { readonly maxBytes: number }) {
    requireSafeInteger(options.maxBytes, 'maxBytes');
    this.#maxBytes = options.maxBytes;
  }

  public get bytes(): number {
    return this.#tableBytes + this.#sourceBytes;
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
  public wants(segment: string, position: number, header: FrameHeader): boolean {
    if (FrameTable.bytesFor(header) * SHARE > this.#maxBytes) return false;
    const print = fingerprint(segment, position);
    const start = (print % MET_ROWS) * MET_IN_ROW;
    const row = this.#met.subarray(start, start + MET_IN_ROW);
    const at = row.indexOf(print);
    if (at < 0) {
      row.copyWithin(1, 0);
      row[0] = print;
      return false;
    }
    row[at] = 0;
    return true;
  }

  /** Takes a table in; the frame that it belongs to may then be given its bytes. */
  public add(segment: string, table: FrameTable): CachedFrame {
    const frames = this.#segments.get(segment) ?? [];
    const at = place(frames, table.baseOffset);
    const known = frames[at];
    if (known?.baseOffset === table.baseOffset) return known;
    const frame = new CachedFrame(segment, table);
    frames.splice(at, 0, frame);
    this.#segments.set(segment, frames);
    this.#tables.push(frame);
    this.#tableBytes += table.bytes;
    this.#makeRoom();
    return frame;
  }

  /** Whether the bytes of a frame shall be kept: while there is room, or because more of them were read than that costs. */
  public wantsSource(frame: CachedFrame): boolean {
    const { frameBytes } = frame.table;
    if (frame.source !== undefined || frame.gone || frameBytes * SHARE > this.#maxBytes) return false;
    return frame.worn || this.bytes + frameBytes <= this.#maxBytes;
  }

  /** Keeps the verified bytes of a frame: a copy that is the cache's own. */
  public fill(frame: CachedFrame, source: Uint8Array): void {
    frame.source = source;
    this.#sources.push(frame);
    this.#sourceBytes += source.length;
    this.#makeRoom();
  }

  /** Drops every frame of a segment: others may come to stand at their offsets. */
  public forget(segment: string): void {
    for (const frame of (this.#segments.get(segment) ?? []).toReversed()) this.drop(frame);
  }

  /** Drops a frame: its bytes are no longer what they were, or there is no room. */
  public drop(frame: CachedFrame): void {
    if (frame.gone) return;
    const { segment, table } = frame;
    this.#release(frame);
    this.#tables.remove(frame);
    this.#tableBytes -= table.bytes;
    frame.gone = true;
    const frames = this.#segments.get(segment) ?? [];
    frames.splice(place(frames, table.baseOffset), 1);
    if (frames.length === 0) this.#segments.delete(segment);
  }

  #makeRoom(): void {
    while (this.bytes > this.#maxBytes) {
      const source = this.#sourceBytes * 2 > this.#maxBytes ? this.#sources.next() : undefined;
      if (source !== undefined) this.#release(source);
      else this.#dropNext();
    }
  }

  #dropNext(): void {
    const frame = this.#tables.next();
    invariant(frame !== undefined, 'what takes room is in the queue');
    this.drop(frame);
  }

  #release(frame: CachedFrame): void {
    frame.readBytes = 0;
    if (frame.source === undefined) return;
    this.#sourceBytes -= frame.source.length;
    frame.source = undefined;
    this.#sources.remove(frame);
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

/** FNV-1a over the name and the number; never 0. */
function fingerprint(segment: string, position: number): number {
  let hash = 0x811c_9dc5;
  for (let i = 0; i < segment.length; i++) hash = Math.imul(hash ^ segment.charCodeAt(i), 0x0100_0193);
  for (let left = position; left > 0; left = Math.floor(left / 65_536)) {
    hash = Math.imul(hash ^ (left & 0xffff), 0x0100_0193);
  }
  return hash >>> 0 || 1;
}
