import type { RecordInput } from '@seglog/core';

export const KEY_BYTES = 16;
export const VALUE_BYTES = 100;

/** The same records in the form that each contender likes best, made before the clock runs. */
export interface RecordBlock {
  /** Key and value apart, as a log takes them. */
  readonly inputs: readonly RecordInput[];
  /** Key and value joined, as a key-value store keeps them under the record's offset. */
  readonly payloads: readonly Buffer[];
  /** Key and value as text, for NDJSON; made when first asked for. */
  readonly texts: readonly TextRecord[];
  /** All payloads in one piece: the bytes of the raw limit. */
  readonly bytes: Buffer;
}

export interface TextRecord {
  readonly key: string;
  readonly value: string;
}

export interface BlockShape {
  readonly blocks: number;
  readonly recordsPerBlock: number;
  /** Default {@link VALUE_BYTES}. */
  readonly valueBytes?: number;
}

const ALPHABET = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_');

/** Blocks of random text that compresses badly; the same for the same numbers, in every process. */
export function recordBlocks({
  blocks,
  recordsPerBlock,
  valueBytes = VALUE_BYTES,
}: BlockShape): readonly RecordBlock[] {
  const next = randomIntegers(20_240_501);
  const payloadBytes = KEY_BYTES + valueBytes;
  return Array.from({ length: blocks }, () => {
    const bytes = Buffer.alloc(recordsPerBlock * payloadBytes);
    for (let i = 0; i < bytes.length; i++) bytes[i] = ALPHABET[next() % ALPHABET.length] ?? 0;
    return recordBlock(bytes, payloadBytes);
  });
}

function recordBlock(bytes: Buffer, payloadBytes: number): RecordBlock {
  const payloads = Array.from({ length: bytes.length / payloadBytes }, (_, i) =>
    bytes.subarray(i * payloadBytes, (i + 1) * payloadBytes),
  );
  const inputs = payloads.map((payload) => ({
    key: new Uint8Array(payload.subarray(0, KEY_BYTES)),
    value: new Uint8Array(payload.subarray(KEY_BYTES)),
  }));
  let texts: readonly TextRecord[] | undefined;
  return {
    inputs,
    payloads,
    bytes,
    get texts() {
      texts ??= payloads.map(textRecord);
      return texts;
    },
  };
}

function textRecord(payload: Buffer): TextRecord {
  return { key: payload.toString('latin1', 0, KEY_BYTES), value: payload.toString('latin1', KEY_BYTES) };
}

/** Integers in [0, 2^31), by xorshift: the same sequence for the same seed. */
export function randomIntegers(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state & 0x7fffffff;
  };
}
