import {
  type FrameCursor,
  FrameHeader,
  type RecordPlace,
  type SegmentCodec,
} from '../contract/frame-codec.js';

const NO_BYTES: Uint8Array = new Uint8Array(0);
const NO_FRAME = new FrameHeader();
const FRAME_START: RecordPlace = { number: 0, offset: -1 };

/**
 * Cursors of one codec that are used again and again, and keep no bytes in between. There is more than one where visitors
 * read on while a record is lent to them.
 */
export class FreeCursors {
  readonly #codec: SegmentCodec;
  readonly #free: FrameCursor[] = [];

  public constructor(codec: SegmentCodec) {
    this.#codec = codec;
  }

  public take(): FrameCursor {
    return this.#free.pop() ?? this.#codec.createCursor();
  }

  /** The bytes that the cursor was given belong to others from now on, or may go. */
  public giveBack(cursor: FrameCursor): void {
    // What can only be loaded cannot be made to forget.
    if (cursor.resume === undefined) return;
    cursor.resume(NO_BYTES, 0, NO_FRAME, FRAME_START);
    this.#free.push(cursor);
  }
}
