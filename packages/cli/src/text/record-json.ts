import type { RecordHeader } from '@seglog/core';

/** Bytes in JSON without a loss: text where they are UTF-8, base64 where they are not. */
export type JsonBytes = string | { readonly base64: string } | null;

export interface JsonRecord {
  readonly offset: number;
  readonly timestampMs: number;
  readonly key: JsonBytes;
  readonly value: JsonBytes;
  readonly headers: readonly (readonly [string, JsonBytes])[];
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function toJsonBytes(bytes: Uint8Array | null): JsonBytes {
  if (bytes === null) return null;
  try {
    return strict.decode(bytes);
  } catch {
    return { base64: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64') };
  }
}

/** Copies: what is lent may be given. */
export function toJsonRecord(record: {
  readonly offset: number;
  readonly timestampMs: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly RecordHeader[];
}): JsonRecord {
  const { offset, timestampMs, key, value, headers } = record;
  return {
    offset,
    timestampMs,
    key: toJsonBytes(key),
    value: toJsonBytes(value),
    headers: headers.map((header) => [header.name, toJsonBytes(header.value)]),
  };
}
