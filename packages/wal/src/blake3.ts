import type { StorageDirectory } from '@seglog/core';
import type { IHasher } from 'hash-wasm';

/** Bytes of a BLAKE3 hash. */
export const HASH_BYTES = 32;
const CHUNK_BYTES = 256 * 1024;
/** So many bytes are hashed in one go: a few milliseconds. */
const BREATHE_BYTES = 4 * 1024 * 1024;

let loading: Promise<Blake3> | undefined;

/** The hash function, which is loaded once, and only by who asks for it. */
export function loadBlake3(): Promise<Blake3> {
  loading ??= import('hash-wasm').then(async ({ createBLAKE3 }) => new Blake3(await createBLAKE3()));
  return loading;
}

/** BLAKE3, as `b3sum` computes it. One for all: between two chunks it keeps no state of its own. */
export class Blake3 {
  readonly #hasher: IHasher;

  public constructor(hasher: IHasher) {
    this.#hasher = hasher;
  }

  /** Hash of a file that does not change, and how long it is; undefined when it is not there. */
  public async ofFile(
    directory: StorageDirectory,
    name: string,
  ): Promise<{ readonly bytes: number; readonly hash: Uint8Array } | undefined> {
    const bytes = await directory.sizeOf(name);
    if (bytes === undefined) return undefined;
    const reader = await directory.openReader(name, { sealed: true, writtenBytes: () => bytes });
    try {
      const scratch = new Uint8Array(Math.min(CHUNK_BYTES, Math.max(bytes, 1)));
      let state = this.#hasher.init().save();
      for (let position = 0; position < bytes; ) {
        const chunk = await reader.read(position, scratch);
        if (chunk.length === 0) break;
        state = this.#hasher.load(state).update(chunk).save();
        if (position % BREATHE_BYTES > BREATHE_BYTES - CHUNK_BYTES * 2) await new Promise(setImmediate);
        position += chunk.length;
      }
      return { bytes, hash: this.#hasher.load(state).digest('binary') };
    } finally {
      await reader.close();
    }
  }
}
