/**
 * A 32-bit checksum that can be continued. Its id is stamped in every segment header, so a log never reads its frames
 * with another one.
 */
export interface Checksum {
  /** 1 to 255. crc32c is 1, crc32 is 2; 128 and above are free for users. */
  readonly id: number;
  readonly name: string;
  /**
   * Checksum of `source[start, end)`, an unsigned 32-bit integer. `seed` is the result over the bytes that came before;
   * 0 starts anew: `of(ab) === of(b, 0, n, of(a))`. Allocates nothing. Throws `RangeError` when the range is not inside
   * `source`.
   */
  of(source: Uint8Array, start: number, end: number, seed: number): number;
}
