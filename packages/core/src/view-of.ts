/** Three times as fast as `subarray`, and never a `Buffer`. */
export function viewOf(source: Uint8Array, position: number, bytes: number): Uint8Array {
  return new Uint8Array(source.buffer, source.byteOffset + position, bytes);
}

/** A key or a value of a record whose length is below zero for null. What is empty lies nowhere, wherever `position` is. */
export function nullableView(buffer: ArrayBufferLike, position: number, bytes: number): Uint8Array | null {
  if (bytes < 0) return null;
  return new Uint8Array(buffer, bytes === 0 ? 0 : position, bytes);
}
