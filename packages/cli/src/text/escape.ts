const SHOWN_BYTES = 64;

/**
 * Bytes of a record as text that is safe on a terminal: printable ASCII and letters of UTF-8 as they are, everything else
 * as `\xNN`. Long ones are cut, and their length is told.
 */
export function escapedBytes(bytes: Uint8Array | null, maxBytes: number = SHOWN_BYTES): string {
  if (bytes === null) return 'null';
  const shown = bytes.subarray(0, maxBytes);
  const text = decoded(shown);
  const quoted = `"${text}"`;
  return bytes.length > maxBytes ? `${quoted}... ${bytes.length} bytes` : quoted;
}

/** Text from a disk: control characters must not reach a terminal. */
export function escapedText(text: string): string {
  return text.replaceAll(UNSAFE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** Controls, and what turns the direction of text or hides in it. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu;

function decoded(bytes: Uint8Array): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return escapedText(text.replaceAll(/["\\]/g, (character) => `\\${character}`));
  } catch {
    return Array.from(bytes, asciiOrHex).join('');
  }
}

function asciiOrHex(byte: number): string {
  const character = String.fromCharCode(byte);
  if (character === '"' || character === '\\') return `\\${character}`;
  return byte >= 0x20 && byte < 0x7f ? character : `\\x${byte.toString(16).padStart(2, '0')}`;
}
