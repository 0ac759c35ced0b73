import type { SegmentReader } from '../contract/segment-reader.js';
import type { StorageDirectory } from '../contract/storage-directory.js';

const CHUNK_BYTES = 64 * 1024;

/** A file read through one window that moves forward: bounded memory whatever the file's size. */
export class FileBytes {
  public readonly sizeBytes: number;
  readonly #reader: SegmentReader;
  #window: Uint8Array = new Uint8Array(0);
  #filled = 0;
  #start = 0;

  private constructor(reader: SegmentReader, sizeBytes: number) {
    this.#reader = reader;
    this.sizeBytes = sizeBytes;
  }

  /** The file `name` as long as it is now; undefined when there is none. */
  public static async open(directory: StorageDirectory, name: string): Promise<FileBytes | undefined> {
    const sizeBytes = await directory.sizeOf(name);
    if (sizeBytes === undefined) return undefined;
    const reader = await directory.openReader(name, { sealed: false, writtenBytes: () => sizeBytes });
    return new FileBytes(reader, sizeBytes);
  }

  /**
   * Bytes `[position, position + length)`, fewer at the end of the file; valid until the next call. The caller has
   * verified `length`: a window of that size is allocated.
   */
  public async view(position: number, length: number): Promise<Uint8Array> {
    const wanted = Math.max(0, Math.min(length, this.sizeBytes - position));
    if (position < this.#start || position + wanted > this.#start + this.#filled) {
      await this.#fill(position, wanted);
    }
    const from = position - this.#start;
    return this.#window.subarray(from, Math.min(from + wanted, this.#filled));
  }

  public close(): Promise<void> {
    return this.#reader.close();
  }

  async #fill(position: number, wanted: number): Promise<void> {
    if (this.#window.length < wanted || this.#window.length === 0) {
      this.#window = new Uint8Array(Math.max(wanted, Math.min(CHUNK_BYTES, this.sizeBytes)));
    }
    this.#start = position;
    this.#filled = 0;
    while (this.#filled < this.#window.length) {
      const scratch = this.#window.subarray(this.#filled);
      const got = await this.#reader.read(position + this.#filled, scratch);
      if (got.length === 0) return;
      if (got.buffer !== scratch.buffer) scratch.set(got);
      this.#filled += got.length;
    }
  }
}
