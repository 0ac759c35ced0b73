import type { SegmentReader } from '../contract/segment-reader.js';
import type { WritableFile } from '../contract/storage-directory.js';

/** Longer writes are read back from the file: their copy would cost more than the read that it saves. */
const RECENT_BYTES = 4096;

/**
 * A file that remembers its last short write, once somebody has read where it lies: whoever follows a log gets what was
 * appended a moment ago without asking the operating system. Takes no memory where nobody follows.
 */
export class RecentFile implements WritableFile {
  readonly #file: WritableFile;
  #recent: Uint8Array | undefined;
  /** Of the last write; nothing before the first. */
  #start = Number.POSITIVE_INFINITY;
  #length = 0;

  public constructor(file: WritableFile) {
    this.#file = file;
  }

  public get sizeBytes(): number {
    return this.#file.sizeBytes;
  }

  public write(position: number, chunks: readonly Uint8Array[]): Promise<void> | undefined {
    this.#remember(position, chunks);
    return this.#file.write(position, chunks);
  }

  /**
   * The bytes from `position` on into `scratch`, as far as it goes; undefined unless the last write ends at `writtenEnd`,
   * where everything ends that may be read, and begins at or before `position`.
   */
  public copy(position: number, writtenEnd: number, scratch: Uint8Array): Uint8Array | undefined {
    if (position < this.#start || position >= writtenEnd) return undefined;
    this.#recent ??= new Uint8Array(RECENT_BYTES);
    if (this.#start + this.#length !== writtenEnd) return undefined;
    const from = position - this.#start;
    const bytes = Math.min(scratch.length, writtenEnd - position);
    const target = bytes === scratch.length ? scratch : scratch.subarray(0, bytes);
    target.set(this.#recent.subarray(from, from + bytes));
    return target;
  }

  public preallocate(sizeBytes: number): Promise<void> {
    return this.#file.preallocate(sizeBytes);
  }

  public truncate(sizeBytes: number): Promise<void> {
    return this.#file.truncate(sizeBytes);
  }

  public sync(): Promise<void> {
    return this.#file.sync();
  }

  public close(): Promise<void> {
    return this.#file.close();
  }

  /** Nobody reads it before the log says that it is written: then it ends where the log does. */
  #remember(position: number, chunks: readonly Uint8Array[]): void {
    const [chunk] = chunks;
    this.#start = position;
    this.#length = 0;
    if (this.#recent === undefined || chunk === undefined || chunks.length > 1) return;
    if (chunk.length > RECENT_BYTES) return;
    this.#recent.set(chunk);
    this.#length = chunk.length;
  }
}

/** Reads what is in the file, and its last short write from memory. */
export class RecentReader implements SegmentReader {
  readonly #file: RecentFile;
  readonly #inner: SegmentReader;
  readonly #writtenBytes: () => number;
  #closed = false;

  public constructor(file: RecentFile, inner: SegmentReader, writtenBytes: () => number) {
    this.#file = file;
    this.#inner = inner;
    this.#writtenBytes = writtenBytes;
  }

  public read(position: number, scratch: Uint8Array): Uint8Array | Promise<Uint8Array> {
    const recent = this.#closed ? undefined : this.#file.copy(position, this.#writtenBytes(), scratch);
    return recent ?? this.#inner.read(position, scratch);
  }

  public close(): Promise<void> {
    this.#closed = true;
    return this.#inner.close();
  }
}
