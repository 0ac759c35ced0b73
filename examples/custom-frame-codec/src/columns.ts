const ZERO = 0x30;
const NINE = 0x39;
const HEX = '0123456789abcdef';

/** Writes a number as so many decimal digits, zeros in front. */
export function writeDecimal(target: Uint8Array, position: number, digits: number, value: number): void {
  let rest = value;
  for (let at = position + digits - 1; at >= position; at -= 1) {
    target[at] = ZERO + (rest % 10);
    rest = Math.floor(rest / 10);
  }
}

/** The number that so many digits stand for; -1 if one of them is no digit, or the number is beyond 2^53 - 1. */
export function readDecimal(source: Uint8Array, position: number, digits: number): number {
  let value = 0;
  for (let at = position; at < position + digits; at += 1) {
    const digit = source[at] ?? 0;
    if (digit < ZERO || digit > NINE) return -1;
    value = value * 10 + (digit - ZERO);
  }
  return value <= Number.MAX_SAFE_INTEGER ? value : -1;
}

/** Writes a u32 as eight lowercase hexadecimal digits. */
export function writeHex(target: Uint8Array, position: number, value: number): void {
  for (let nth = 0; nth < 8; nth += 1) {
    target[position + nth] = HEX.charCodeAt((value >>> (28 - 4 * nth)) & 15);
  }
}

/** -1 for anything but eight lowercase hexadecimal digits: a checksum is spelled in one way only. */
export function readHex(source: Uint8Array, position: number): number {
  let value = 0;
  for (let at = position; at < position + 8; at += 1) {
    const digit = source[at] ?? 0;
    const isDigit = digit >= ZERO && digit <= NINE;
    const isLetter = digit >= 0x61 && digit <= 0x66;
    if (!isDigit && !isLetter) return -1;
    value = value * 16 + (isDigit ? digit - ZERO : digit - 0x57);
  }
  return value;
}
