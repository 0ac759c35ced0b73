const encoder = new TextEncoder();

/** A byte order mark is part of a text, not a hint. */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function encodeUtf8(text: string): Uint8Array {
  if (typeof text !== 'string') throw new TypeError(`a string is needed, not ${typeof text}`);
  if (!text.isWellFormed()) throw new TypeError('a text with a lone surrogate has no UTF-8');
  return encoder.encode(text);
}

export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    // Its own error would differ between runtimes.
    throw new TypeError('the bytes are not UTF-8');
  }
}
