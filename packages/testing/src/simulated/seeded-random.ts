import type { RandomSource } from '@seglog/core';

/** Chance that can be replayed: the same seed gives the same row of numbers and bytes, on every machine. */
export class SeededRandom implements RandomSource {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** `seed` is any integer; `stream` gives independent rows under one seed. */
  public constructor(seed: number, stream = 0) {
    this.#a = seed | 0;
    this.#b = Math.floor(seed / 4_294_967_296) | 0;
    this.#c = Math.imul(stream + 1, 0x9e3779b1);
    for (let i = 0; i < 12; i += 1) this.nextUint32();
  }

  /** An integer in [0, 2^32). */
  public nextUint32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** An integer in [0, bound). */
  public below(bound: number): number {
    return Math.floor((this.nextUint32() / 4_294_967_296) * bound);
  }

  public bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    for (let i = 0; i < count; i += 1) bytes[i] = this.nextUint32() & 0xff;
    return bytes;
  }
}
