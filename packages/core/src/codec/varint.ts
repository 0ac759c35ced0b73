/** Seven bits a byte, lowest first, the top bit set on all but the last byte; 1 to 8 bytes for a safe integer. */
export function varintBytes(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x20_0000) return 3;
  let bytes = 4;
  for (let rest = value / 0x1000_0000; rest >= 1; rest /= 128) bytes++;
  return bytes;
}

/** Writes a safe integer of at least 0; answers the position after it. */
export function writeVarint(target: Uint8Array, position: number, value: number): number {
  let at = position;
  let rest = value;
  for (; rest > 0x7fff_ffff; rest = Math.floor(rest / 128)) target[at++] = (rest % 128) | 0x80;
  for (; rest >= 0x80; rest >>>= 7) target[at++] = rest | 0x80;
  target[at++] = rest;
  return at;
}
