import type { RecordCursor } from '@seglog/core';

const MOST_KEYS = 4096;

/** Where the keys of some records of one frame lie, and which offsets they have. The bytes belong to the cursor's frame. */
export class KeyBatch {
  public static readonly most: number = MOST_KEYS;
  public readonly positions: Int32Array = new Int32Array(MOST_KEYS);
  public readonly lengths: Int32Array = new Int32Array(MOST_KEYS);
  public readonly offsets: Float64Array = new Float64Array(MOST_KEYS);
  public source: Uint8Array = new Uint8Array(0);
  public count = 0;

  public get full(): boolean {
    return this.count === MOST_KEYS;
  }

  /** Notes the key of a record; there must be room. */
  public add({ source, keyPosition, keyBytes, offset }: RecordCursor): void {
    const at = this.count;
    this.source = source;
    this.positions[at] = keyPosition;
    this.lengths[at] = keyBytes;
    this.offsets[at] = offset;
    this.count = at + 1;
  }
}
