/**
 * Reads the bytes of one segment (or of any other file of ours), at any position, for any number of readers at once.
 *
 * Whatever serves the bytes, they are returned as a view: a positional reader fills `scratch` and returns its filled
 * part, a map ignores `scratch` and returns a view of itself. The view of a positional reader is valid until its scratch
 * is used again; the view of a map until the reader is closed. Callers never write into a view.
 */
export interface SegmentReader {
  /**
   * Up to `scratch.length` bytes from `position` (a safe integer >= 0). Shorter only at the written end: at or beyond it
   * the result is empty. Never returns bytes that were not written. Answers without a promise when the bytes are at
   * hand; concurrent calls need a scratch each. Rejects with `STORAGE` when the medium fails and `LOG_CLOSED` after
   * `close`.
   */
  read(position: number, scratch: Uint8Array): Uint8Array | Promise<Uint8Array>;
  /** Releases what the reader holds; views of a map become empty. Idempotent. The caller has let go of every view. */
  close(): Promise<void>;
}
