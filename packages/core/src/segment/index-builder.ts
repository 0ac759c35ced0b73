import type { FrameHeader } from '../contract/frame-codec.js';
import type { IndexEntry } from '../contract/index-store.js';

/** Chooses which frames of a segment get an index entry: about one for each `intervalBytes`. */
export class IndexBuilder {
  readonly #intervalBytes: number;
  #lastPosition: number;
  #maxTimestampMs: number;

  /** Starts at a position up to which the highest timestamp is known. */
  public constructor(intervalBytes: number, start: IndexBuilderState) {
    this.#intervalBytes = intervalBytes;
    this.#lastPosition = start.position;
    this.#maxTimestampMs = start.maxTimestampMs;
  }

  /** The entry for a frame at `position`, or undefined when the last one is near enough. Frames come in order. */
  public offer(
    header: Readonly<Pick<FrameHeader, 'baseOffset' | 'maxTimestampMs'>>,
    position: number,
  ): IndexEntry | undefined {
    const due = position - this.#lastPosition >= this.#intervalBytes;
    const entry = due
      ? { offset: header.baseOffset, position, maxTimestampMs: this.#maxTimestampMs }
      : undefined;
    if (due) this.#lastPosition = position;
    if (header.maxTimestampMs > this.#maxTimestampMs) this.#maxTimestampMs = header.maxTimestampMs;
    return entry;
  }

  /** Notes where it stands, for `restore`. */
  public save(into: { -readonly [fact in keyof IndexBuilderState]: number }): void {
    into.position = this.#lastPosition;
    into.maxTimestampMs = this.#maxTimestampMs;
  }

  public restore(state: IndexBuilderState): void {
    this.#lastPosition = state.position;
    this.#maxTimestampMs = state.maxTimestampMs;
  }
}

export interface IndexBuilderState {
  readonly position: number;
  readonly maxTimestampMs: number;
}
