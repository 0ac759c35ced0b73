const CHUNK_BYTES = 1024 * 1024;

/** Copies of keys, numbered from 0 in the order in which they came, within a bound. */
export class KeyArena {
  readonly #chunks: Uint8Array[] = [];
  readonly #chunkOf: Uint32Array;
  readonly #starts: Uint32Array;
  readonly #lengths: Uint32Array;
  readonly #maxBytes: number;
  #used = CHUNK_BYTES;
  #bytes = 0;
  #count = 0;

  public constructor({ capacity, maxBytes }: { readonly capacity: number; readonly maxBytes: number }) {
    this.#chunkOf = new Uint32Array(capacity);
    this.#starts = new Uint32Array(capacity);
    this.#lengths = new Uint32Array(capacity);
    this.#maxBytes = maxBytes;
  }

  public static readonly bytesPerKey: number = 12;

  public get memoryBytes(): number {
    return this.#bytes + this.#starts.length * KeyArena.bytesPerKey;
  }

  /** The number of the copy; -1 when there is no room. The first key always finds room. */
  public add(source: Uint8Array, position: number, keyBytes: number): number {
    const number = this.#count;
    if (number >= this.#starts.length || !this.#makeRoom(keyBytes)) return -1;
    const chunk = this.#chunks.length - 1;
    const target = this.#chunks[chunk] as Uint8Array;
    const start = this.#used;
    for (let i = 0; i < keyBytes; i++) target[start + i] = source[position + i] as number;
    this.#chunkOf[number] = chunk;
    this.#starts[number] = start;
    this.#lengths[number] = keyBytes;
    this.#used = start + keyBytes;
    this.#count = number + 1;
    return number;
  }

  public equals(number: number, source: Uint8Array, position: number, keyBytes: number): boolean {
    if (this.#lengths[number] !== keyBytes) return false;
    const chunk = this.#chunks[this.#chunkOf[number] as number] as Uint8Array;
    const start = this.#starts[number] as number;
    for (let i = 0; i < keyBytes; i++) if (chunk[start + i] !== source[position + i]) return false;
    return true;
  }

  #makeRoom(keyBytes: number): boolean {
    if (this.#used + keyBytes <= (this.#chunks.at(-1)?.length ?? 0)) return true;
    const bytes = Math.max(keyBytes, Math.min(CHUNK_BYTES, this.#maxBytes - this.#bytes));
    if (this.#count > 0 && this.#bytes + bytes > this.#maxBytes) return false;
    this.#chunks.push(new Uint8Array(bytes));
    this.#bytes += bytes;
    this.#used = 0;
    return true;
  }
}
