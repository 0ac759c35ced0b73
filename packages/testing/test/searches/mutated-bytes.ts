import type { SeededRandom } from '../../src/index.js';

const NUMBERS = [0, 1, 0x7f, 0x80, 0xff, 0x7fff_ffff, 0xffff_ffff] as const;

/** A copy with a few changes: bits, bytes, numbers, parts moved or zeroed, another end. */
export function mutatedBytes(source: Uint8Array, random: SeededRandom): Uint8Array {
  let bytes: Uint8Array = source.slice();
  for (let left = 1 + random.below(4); left > 0 && bytes.length > 0; left -= 1) {
    const at = random.below(bytes.length);
    const kind = random.below(12);
    if (kind === 0) bytes = bytes.slice(0, at);
    else if (kind === 1) bytes = new Uint8Array(Buffer.concat([bytes, random.bytes(random.below(200))]));
    else if (kind === 2) bytes.copyWithin(at, random.below(bytes.length), random.below(bytes.length));
    else if (kind === 3) bytes.fill(random.below(2) === 0 ? 0 : 0xff, at, at + random.below(64));
    else if (kind < 6) writeNumber(bytes, at, NUMBERS[random.below(NUMBERS.length)] ?? 0);
    else if (kind < 9) bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
    else bytes[at] = random.nextUint32() & 0xff;
  }
  return bytes;
}

function writeNumber(bytes: Uint8Array, at: number, value: number): void {
  for (let i = 0; i < 4 && at + i < bytes.length; i += 1) bytes[at + i] = (value >>> (24 - 8 * i)) & 0xff;
}
