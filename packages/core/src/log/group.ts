import type { IndexEntry } from '../contract/index-store.js';
import type { IndexBuilderState } from '../segment/index-builder.js';
import { SegmentCounts } from '../segment/segment-counts.js';
import type { AppendRequest } from './append-request.js';

/** The appends that one write carries to the operating system, encoded. */
export class Group {
  public buffer: Uint8Array;
  public bytes = 0;
  public records = 0;
  /** In offset order; duplicates among them wait for what they repeat. */
  public readonly requests: AppendRequest[] = [];
  public readonly entries: IndexEntry[] = [];
  /** The counts of the segment before and after this group. */
  public readonly before: SegmentCounts;
  public readonly after: SegmentCounts;
  public readonly indexBefore: IndexBuilderState;

  public constructor(buffer: Uint8Array, counts: SegmentCounts, indexBefore: IndexBuilderState) {
    this.buffer = buffer;
    this.before = new SegmentCounts(counts);
    this.before.copyFrom(counts);
    this.after = new SegmentCounts(counts);
    this.indexBefore = indexBefore;
  }

  public get isEmpty(): boolean {
    return this.requests.length === 0;
  }
}
