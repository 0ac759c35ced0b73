import type { IndexEntry } from '../contract/index-store.js';
import { SegmentCounts } from '../segment/segment-counts.js';
import type { ActiveSegment } from './active-segment.js';
import type { AppendRequest } from './append-request.js';

const NO_BYTES = new Uint8Array(0);

/** The appends that one write carries to the operating system, encoded. Used again, so that a write allocates little. */
export class Group {
  public buffer: Uint8Array = NO_BYTES;
  public bytes = 0;
  public records = 0;
  /** In offset order; duplicates among them wait for what they repeat. */
  public readonly requests: AppendRequest[] = [];
  public readonly entries: IndexEntry[] = [];
  /** The counts of the segment before and after this group. */
  public readonly before: SegmentCounts = new SegmentCounts({ endPosition: 0, nextOffset: 0 });
  public readonly after: SegmentCounts = new SegmentCounts({ endPosition: 0, nextOffset: 0 });
  public readonly indexBefore = { position: 0, maxTimestampMs: 0 };

  public get isEmpty(): boolean {
    return this.requests.length === 0;
  }

  /** Starts a group at the end of the segment. */
  public begin(buffer: Uint8Array, { assigned, builder }: ActiveSegment): void {
    this.buffer = buffer;
    this.before.copyFrom(assigned);
    builder.save(this.indexBefore);
  }

  /** Lets go of everything. Taken off one by one: an array that is cut to nothing gives its memory away. */
  public clear(): void {
    this.buffer = NO_BYTES;
    this.bytes = 0;
    this.records = 0;
    while (this.requests.length > 0) this.requests.pop();
    while (this.entries.length > 0) this.entries.pop();
  }
}
