import type { IndexEntry, SegmentIndex } from '../contract/index-store.js';
import type { SegmentFacts, SegmentName } from '../contract/segment-facts.js';

/** What a scan has seen of a segment: every frame from `from` up to `endPosition`. */
export interface ScannedRange {
  readonly from: number;
  readonly endPosition: number;
  readonly entries: readonly IndexEntry[];
}

/**
 * The index entries that a recovery comes by when it scans a segment, until the log is open: whoever opens the segment
 * meanwhile need not read its frames once more to make an index of them.
 */
export class ScannedFrames {
  readonly #ranges = new Map<string, ScannedRange>();

  public note({ id }: SegmentName, range: ScannedRange): void {
    this.#ranges.set(id, range);
  }

  /** Adds to an index what it does not cover. False where no scan has seen all of that. */
  public complete(index: SegmentIndex, { id, endPosition }: SegmentFacts, coveredUpTo: number): boolean {
    const range = this.#ranges.get(id);
    if (range === undefined || range.from > coveredUpTo || range.endPosition !== endPosition) return false;
    for (const entry of range.entries) if (entry.position >= coveredUpTo) index.append(entry);
    return true;
  }

  public forget(): void {
    this.#ranges.clear();
  }
}
