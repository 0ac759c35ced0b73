const REPLACEMENT = 0xfffd;

/** A byte order mark is part of a text, not a hint. Bad bytes become U+FFFD. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Length of `text` in UTF-8. A lone surrogate counts as U+FFFD, three bytes, as `writeUtf8` and `TextEncoder` write it. */
export function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    bytes += unit < 0x800 ? 1 : 2;
    // A pair is two units of two bytes each, counted with its first unit.
    if (isPair(text, i)) i++;
  }
  return bytes;
}

/** Writes `text` as UTF-8 without allocating, which `TextEncoder.encodeInto` cannot do at an offset. */
export function writeUtf8(target: Uint8Array, position: number, text: string): number {
  let at = position;
  for (let i = 0; i < text.length; i++) {
    const point = pointAt(text, i);
    if (point < 0x80) {
      target[at++] = point;
      continue;
    }
    if (point < 0x800) {
      target[at++] = 0xc0 | (point >> 6);
    } else if (point < 0x1_0000) {
      target[at++] = 0xe0 | (point >> 12);
      target[at++] = 0x80 | ((point >> 6) & 0x3f);
    } else {
      target[at++] = 0xf0 | (point >> 18);
      target[at++] = 0x80 | ((point >> 12) & 0x3f);
      target[at++] = 0x80 | ((point >> 6) & 0x3f);
      i++;
    }
    target[at++] = 0x80 | (point & 0x3f);
  }
  return at;
}

export function readUtf8(source: Uint8Array, start: number, end: number): string {
  return decoder.decode(source.subarray(start, end));
}

function pointAt(text: string, i: number): number {
  const unit = text.charCodeAt(i);
  if (unit < 0xd800 || unit > 0xdfff) return unit;
  if (!isPair(text, i)) return REPLACEMENT;
  return 0x1_0000 + ((unit & 0x3ff) << 10) + (text.charCodeAt(i + 1) & 0x3ff);
}

function isPair(text: string, i: number): boolean {
  if ((text.charCodeAt(i) & 0xfc00) !== 0xd800 || i + 1 >= text.length) return false;
  return (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00;
}
