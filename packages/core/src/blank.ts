/** Whether `source[start, end)` is all zero. */
export function isBlank(source: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    if (source[at] !== 0) return false;
  }
  return true;
}
