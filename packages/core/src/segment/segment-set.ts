import { invariant } from '../invariant.js';
import type { Segment } from './segment.js';

/**
 * The segments of a log as of a moment: immutable, ascending, the last one active. Readers pin the set they started with;
 * what a later set left out stays readable until the last pin goes.
 */
export class SegmentSet {
  public readonly segments: readonly Segment[];
  #pins = 1;

  /** The new set is pinned once, for the log that publishes it. */
  public constructor(segments: readonly Segment[]) {
    invariant(segments.length > 0, 'a log has at least one segment');
    this.segments = segments;
    for (const segment of segments) segment.hold();
  }

  public get active(): Segment {
    const last = this.segments[this.segments.length - 1];
    invariant(last !== undefined, 'a log has at least one segment');
    return last;
  }

  public pin(): this {
    invariant(this.#pins > 0, 'a set that was let go is not pinned again');
    this.#pins++;
    return this;
  }

  public unpin(): void {
    this.#pins--;
    invariant(this.#pins >= 0, 'a set is unpinned as often as it was pinned');
    if (this.#pins === 0) for (const segment of this.segments) segment.letGo();
  }

  /** Number of the segment that covers `offset`: the last one that starts at or below it, or the first. */
  public floor(offset: number): number {
    let low = 0;
    let high = this.segments.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      const segment = this.segments[middle];
      if (segment !== undefined && segment.baseOffset <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
