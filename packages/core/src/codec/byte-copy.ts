/** Below this a loop is faster than the call of `TypedArray.set`. */
const SET_MIN_BYTES = 12;

/** Copies all of `bytes` to `target[position, ...)`; answers the position after them. */
export function copyBytes(target: Uint8Array, position: number, bytes: Uint8Array): number {
  const length = bytes.length;
  if (length >= SET_MIN_BYTES) {
    target.set(bytes, position);
  } else {
    for (let i = 0; i < length; i++) target[position + i] = bytes[i] as number;
  }
  return position + length;
}
