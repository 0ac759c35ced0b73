const SEED = 0x9747b28c;
const MULTIPLIER = 0x5bd1e995;

/**
 * The 32-bit hash of Kafka's clients, a signed integer: MurmurHash2 by Austin Appleby with Kafka's seed, as in
 * `org.apache.kafka.common.utils.Utils.murmur2`.
 */
export function murmur2(data: Uint8Array): number {
  const { length } = data;
  let hash = SEED ^ length;
  const wordsEnd = length - (length % 4);
  for (let at = 0; at < wordsEnd; at += 4) {
    hash = Math.imul(hash, MULTIPLIER) ^ scrambled(wordAt(data, at));
  }
  if (wordsEnd < length) hash = Math.imul(hash ^ restAt(data, wordsEnd), MULTIPLIER);
  hash = Math.imul(hash ^ (hash >>> 13), MULTIPLIER);
  return hash ^ (hash >>> 15);
}

function scrambled(word: number): number {
  const product = Math.imul(word, MULTIPLIER);
  return Math.imul(product ^ (product >>> 24), MULTIPLIER);
}

/** Little-endian. The four bytes are there. */
function wordAt(data: Uint8Array, at: number): number {
  return (
    (data[at] as number) |
    ((data[at + 1] as number) << 8) |
    ((data[at + 2] as number) << 16) |
    ((data[at + 3] as number) << 24)
  );
}

/** The one to three bytes behind the last whole word, little-endian. */
function restAt(data: Uint8Array, at: number): number {
  return (data[at] as number) | ((data[at + 1] ?? 0) << 8) | ((data[at + 2] ?? 0) << 16);
}
