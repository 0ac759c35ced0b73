/**
 * Chance that can be replayed: the same seed and stream give the same row, in every process. Of its own, because the one
 * of `@seglog/testing` brings a library along that takes longer to load than a child lives.
 */
export class SeededRandom {
  #state: number;

  /** `seed` and `stream` are any integers. */
  public constructor(seed: number, stream = 0) {
    this.#state = mixed(mixed(seed | 0) ^ mixed(stream | 0) ^ Math.floor(stream / 2 ** 32));
  }

  /** An integer in [0, 2^32). */
  public nextUint32(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    return mixed(this.#state) >>> 0;
  }

  /** An integer in [0, bound). */
  public below(bound: number): number {
    return Math.floor((this.nextUint32() / 2 ** 32) * bound);
  }

  public bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    for (let at = 0; at < count; at += 1) bytes[at] = this.nextUint32();
    return bytes;
  }
}

/** The finisher of MurmurHash3: every bit of the input changes half of the output. */
function mixed(value: number): number {
  let word = value;
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return word ^ (word >>> 16);
}
