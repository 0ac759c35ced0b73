const TWO_32 = 4_294_967_296;

/**
 * Hashes are numbers of 53 bits: wide enough that millions of states stay apart, and cheap as keys of a set. They tell
 * equal states apart from different ones in one run; they are no protection against a forger.
 */
export function combine(left: number, right: number): number {
  let low =
    Math.imul((left >>> 0) ^ 0x9e3779b1, 0x85ebca77) ^ Math.imul((right >>> 0) ^ 0x7f4a7c15, 0xc2b2ae3d);
  let high = Math.imul((left / TWO_32) >>> 0, 0x27d4eb2f) ^ Math.imul((right / TWO_32) >>> 0, 0x165667b1);
  low = Math.imul(low ^ (low >>> 15) ^ high, 0x2c1b3c6d);
  high = Math.imul(high ^ (high >>> 13) ^ (low >>> 7), 0x297a2d39);
  low ^= low >>> 16;
  high ^= Math.imul(low, 0x85ebca6b) >>> 11;
  return (high & 0x1fffff) * TWO_32 + (low >>> 0);
}

/** 0 when every word is zero, whatever their number. */
export function hashWords(words: Int32Array): number {
  let low = 0;
  let high = 0;
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] ?? 0;
    if (word === 0) continue;
    low = Math.imul(low ^ word ^ Math.imul(i + 1, 0x9e3779b1), 0x85ebca77);
    low ^= low >>> 13;
    high = Math.imul(high + word + low, 0xc2b2ae3d) ^ (high >>> 17) ^ i;
  }
  return (high & 0x1fffff) * TWO_32 + (low >>> 0);
}

export function hashText(text: string): number {
  let low = 0x811c9dc5;
  let high = text.length;
  for (let i = 0; i < text.length; i += 1) {
    low = Math.imul(low ^ text.charCodeAt(i), 0x01000193);
    high = Math.imul(high ^ (low >>> 9), 0x85ebca6b);
  }
  return (high & 0x1fffff) * TWO_32 + (low >>> 0);
}

export function hashBytes(bytes: Uint8Array): number {
  let low = 0x811c9dc5;
  let high = bytes.length;
  for (const byte of bytes) {
    low = Math.imul(low ^ byte, 0x01000193);
    high = Math.imul(high ^ (low >>> 9), 0x85ebca6b);
  }
  return (high & 0x1fffff) * TWO_32 + (low >>> 0);
}
