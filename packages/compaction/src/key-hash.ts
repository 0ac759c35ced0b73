/**
 * MurmurHash3 by Austin Appleby, the variants for 32-bit machines, written for ranges of bytes. A hash only finds a place to
 * look at: what is equal is decided by the keys themselves.
 */
export function keyHash32(source: Uint8Array, position: number, keyBytes: number): number {
  const blocks = position + (keyBytes & ~3);
  let hash = 0x9747b28c;
  let at = position;
  for (; at < blocks; at += 4) {
    hash ^= scramble(word(source, at), 0xcc9e2d51, 15, 0x1b873593);
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  hash ^= scramble(tail(source, at, position + keyBytes), 0xcc9e2d51, 15, 0x1b873593);
  return finish(hash ^ keyBytes) >>> 0;
}

/** Puts 128 bits at `into[at, at + 4)`. */
export function keyHash128(
  source: Uint8Array,
  range: { readonly position: number; readonly keyBytes: number },
  into: Uint32Array,
): void {
  const { position, keyBytes } = range;
  let [h1, h2, h3, h4] = [0x9747b28c, 0x2545f491, 0x6c8e9cf5, 0x1b56c4e9];
  const end = position + keyBytes;
  for (let at = position; at < end; at += 16) {
    h1 ^= scramble(tail(source, at, end), 0x239b961b, 15, 0xab0e9789);
    h1 = (Math.imul(((h1 << 19) | (h1 >>> 13)) + h2, 5) + 0x561ccd1b) | 0;
    h2 ^= scramble(tail(source, at + 4, end), 0xab0e9789, 16, 0x38b34ae5);
    h2 = (Math.imul(((h2 << 17) | (h2 >>> 15)) + h3, 5) + 0x0bcaa747) | 0;
    h3 ^= scramble(tail(source, at + 8, end), 0x38b34ae5, 17, 0xa1e38b93);
    h3 = (Math.imul(((h3 << 15) | (h3 >>> 17)) + h4, 5) + 0x96cd1c35) | 0;
    h4 ^= scramble(tail(source, at + 12, end), 0xa1e38b93, 18, 0x239b961b);
    h4 = (Math.imul(((h4 << 13) | (h4 >>> 19)) + h1, 5) + 0x32ac3b17) | 0;
  }
  const sum = ((h1 ^ keyBytes) + (h2 ^ keyBytes) + (h3 ^ keyBytes) + (h4 ^ keyBytes)) | 0;
  into[0] = finish(h1 + sum);
  into[1] = finish(h2 + sum);
  into[2] = finish(h3 + sum);
  into[3] = finish(h4 + sum);
}

function scramble(value: number, first: number, turn: number, second: number): number {
  const mixed = Math.imul(value, first);
  return Math.imul((mixed << turn) | (mixed >>> (32 - turn)), second);
}

function finish(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** Four bytes, the first one lowest. */
export function word(source: Uint8Array, at: number): number {
  return (
    (source[at] as number) |
    ((source[at + 1] as number) << 8) |
    ((source[at + 2] as number) << 16) |
    ((source[at + 3] as number) << 24)
  );
}

/** Up to four bytes, none of them at or beyond `end`. */
export function tail(source: Uint8Array, at: number, end: number): number {
  if (at + 4 <= end) return word(source, at);
  let value = 0;
  for (let i = end - 1; i >= at; i--) value = (value << 8) | (source[i] as number);
  return value;
}
