/** Offsets as keys: big-endian, so that their order is the order of the log. */
export function keyOf(offset: number): Buffer {
  const key = Buffer.allocUnsafe(8);
  key.writeUInt32BE(Math.floor(offset / 2 ** 32), 0);
  key.writeUInt32BE(offset >>> 0, 4);
  return key;
}

export function offsetOf(key: Buffer): number {
  return key.readUInt32BE(0) * 2 ** 32 + key.readUInt32BE(4);
}
