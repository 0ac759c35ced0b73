import type { RecordInput } from '@seglog/core';

export const KEY_BYTES = 16;
export const VALUE_BYTES = 100;
export const PAYLOAD_BYTES: number = KEY_BYTES + VALUE_BYTES;

/** The same records in the form that each contender likes best, made before the clock runs. */
export interface RecordBlock {
  /** Key and value apart, as a log takes them. */
  readonly inputs: readonly RecordInput[];
  /** Key and value joined, as a key-value store keeps them under the record's offset. */
  readonly payloads: readonly Buffer[];
  /** Key and value as text, for NDJSON. */
  readonly texts: readonly TextRecord[];
  /** All payloads in one piece: the bytes of the raw limit. */
  readonly bytes: Buffer;
}

export interface TextRecord {
  readonly key: string;
  readonly value: string;
}

const ALPHABET = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_');

/** Blocks of random text that compresses badly; the same for the same numbers, in every process. */
export function recordBlocks(shape: {
  readonly blocks: number;
  readonly recordsPerBlock: number;
}): readonly RecordBlock[] {
  const next = randomIntegers(20_240_501);
  return Array.from({ length: shape.blocks }, () => recordBlock(shape.recordsPerBlock, next));
}

function recordBlock(records: number, next: () => number): RecordBlock {
  const bytes = Buffer.alloc(records * PAYLOAD_BYTES);
  for (let i = 0; i < bytes.length; i++) bytes[i] = ALPHABET[next() % ALPHABET.length] ?? 0;
  const payloads = Array.from({ length: records }, (_, i) =>
    bytes.subarray(i * PAYLOAD_BYTES, (i + 1) * PAYLOAD_BYTES),
  );
  return {
    inputs: payloads.map((payload) => ({
      key: new Uint8Array(payload.subarray(0, KEY_BYTES)),
      value: new Uint8Array(payload.subarray(KEY_BYTES)),
    })),
    payloads,
    texts: payloads.map((payload) => ({
      key: payload.toString('latin1', 0, KEY_BYTES),
      value: payload.toString('latin1', KEY_BYTES),
    })),
    bytes,
  };
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
