/** Byte loads instead of a DataView: as fast, and no view keeps a buffer or a map alive. Bounds are the caller's care. */
export function readU32(source: Uint8Array, at: number): number {
  return (
    (((source[at] as number) << 24) |
      ((source[at + 1] as number) << 16) |
      ((source[at + 2] as number) << 8) |
      (source[at + 3] as number)) >>>
    0
  );
}

/** At least 2^53, so not a safe integer, when the stored number is. */
export function readU64(source: Uint8Array, at: number): number {
  return readU32(source, at) * 0x1_0000_0000 + readU32(source, at + 4);
}

export function writeU32(target: Uint8Array, at: number, value: number): void {
  target[at] = value >>> 24;
  target[at + 1] = value >>> 16;
  target[at + 2] = value >>> 8;
  target[at + 3] = value;
}

/** `value` is a safe integer of at least 0. */
export function writeU64(target: Uint8Array, at: number, value: number): void {
  writeU32(target, at, Math.floor(value / 0x1_0000_0000));
  writeU32(target, at + 4, value % 0x1_0000_0000);
}
