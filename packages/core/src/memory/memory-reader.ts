import { SeglogError } from '../contract/error.js';
import type { SegmentReader } from '../contract/segment-reader.js';
import type { OpenReaderOptions } from '../contract/storage-directory.js';
import { requireSafeInteger } from '../invariant.js';
import type { MemoryBytes } from './memory-bytes.js';
import type { OpenScope } from './open-scope.js';

/** Copies into the scratch, as a reader of a real disk does, so that a caller's mistake with views shows here too. */
export class MemoryReader implements SegmentReader {
  readonly #bytes: MemoryBytes;
  readonly #options: OpenReaderOptions;
  readonly #scope: OpenScope;
  #closed = false;

  public constructor(bytes: MemoryBytes, options: OpenReaderOptions, scope: OpenScope) {
    this.#bytes = bytes;
    this.#options = options;
    this.#scope = scope;
  }

  public read(position: number, scratch: Uint8Array): Uint8Array | Promise<Uint8Array> {
    requireSafeInteger(position, 'position');
    if (this.#closed || this.#scope.closed) {
      return Promise.reject(new SeglogError('LOG_CLOSED', 'the reader is closed'));
    }
    return scratch.subarray(0, this.#bytes.read(position, this.#options.writtenBytes(), scratch));
  }

  public async close(): Promise<void> {
    this.#closed = true;
  }
}
