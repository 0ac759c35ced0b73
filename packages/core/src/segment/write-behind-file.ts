import { SeglogError } from '../contract/error.js';
import type { SegmentReader } from '../contract/segment-reader.js';
import type { StorageDirectory, WritableFile } from '../contract/storage-directory.js';
import { invariant } from '../invariant.js';
import { RecentFile, RecentReader } from './recent-file.js';
import type { WriteBehindMemory } from './write-behind-memory.js';

const NOTHING = new Uint8Array(0);
const DONE: Promise<void> = Promise.resolve();

/** Bytes of a file that are in memory: `[start, start + length)`. */
interface Piece {
  buffer: Uint8Array;
  start: number;
  length: number;
}

/**
 * A file whose end is kept in memory and written in large pieces: for bytes that are safe elsewhere. Everything is handed to
 * the medium by `flush`, `sync` and `truncate`, and when a piece is full; readers made by `reader` see it before that. Writes
 * are at the end, one behind the other.
 *
 * A full disk keeps what it could not take, and `flush` tries again; any other failure of a write is for good.
 */
export class WriteBehindFile implements WritableFile {
  readonly #file: WritableFile;
  readonly #memory: WriteBehindMemory;
  /** Collects what is written now; what is on its way to the medium lies right before it. */
  readonly #tail: Piece;
  #onItsWay: Piece | undefined;
  #writing: Promise<void> | undefined;
  #failure: unknown;
  #closed = false;

  public constructor(file: WritableFile, memory: WriteBehindMemory) {
    this.#file = file;
    this.#memory = memory;
    this.#tail = { buffer: NOTHING, start: file.sizeBytes, length: 0 };
  }

  public get sizeBytes(): number {
    return Math.max(this.#file.sizeBytes, this.#tail.start + this.#tail.length);
  }

  /** Everything below is with the medium. */
  public get flushedBytes(): number {
    return this.#onItsWay?.start ?? this.#tail.start;
  }

  /**
   * Where the next `bytes` bytes at `position`, the end of what is written, may be put, with `lentAt` the place of the first;
   * `keep` makes them part of the file. Undefined when there is no room before a `flush`.
   */
  public lend(position: number, bytes: number): Uint8Array | undefined {
    const tail = this.#tail;
    if (!this.#goesOn(position)) return undefined;
    if (tail.length + bytes <= tail.buffer.length) return tail.buffer;
    if (tail.length > 0 && tail.length + bytes > this.#memory.fileBytes) {
      if (this.#onItsWay !== undefined) return undefined;
      void this.#writeTail().catch(() => undefined);
      // The other buffer is on its way: this one begins as large as that one was.
      tail.buffer = this.#memory.grow(this, this.#memory.fileBytes, bytes);
      return tail.buffer;
    }
    const buffer = this.#memory.grow(this, tail.buffer.length, tail.length + bytes);
    buffer.set(tail.buffer.subarray(0, tail.length));
    tail.buffer = buffer;
    return buffer;
  }

  /** Place of the first byte in the buffer that `lend` gave. */
  public get lentAt(): number {
    return this.#tail.length;
  }

  /** The first `bytes` bytes of what was lent are written. */
  public keep(bytes: number): void {
    this.#tail.length += bytes;
  }

  public write(position: number, chunks: readonly Uint8Array[]): Promise<void> | undefined {
    const [chunk] = chunks;
    const buffer = chunks.length === 1 && chunk !== undefined ? this.lend(position, chunk.length) : undefined;
    if (buffer === undefined || chunk === undefined) return this.#writeThrough(position, chunks);
    buffer.set(chunk, this.lentAt);
    this.keep(chunk.length);
    return undefined;
  }

  /** Hands everything that was written before the call to the medium. Rejects with `STORAGE_FULL`: may be tried again. */
  public async flush(): Promise<void> {
    const end = this.#tail.start + this.#tail.length;
    while (this.flushedBytes < end) {
      if (this.#writing !== undefined) await this.#writing.catch(() => undefined);
      else await this.#writeTail();
    }
  }

  public async sync(): Promise<void> {
    await this.flush();
    await this.#file.sync();
  }

  public async preallocate(sizeBytes: number): Promise<void> {
    await this.flush();
    await this.#file.preallocate(sizeBytes);
  }

  public async truncate(sizeBytes: number): Promise<void> {
    const tail = this.#tail;
    tail.length = Math.max(0, Math.min(tail.length, sizeBytes - tail.start));
    await this.flush();
    await this.#file.truncate(sizeBytes);
    tail.start = sizeBytes;
  }

  /** Writes nothing more. What is in memory is there for readers that are not closed. */
  public async close(): Promise<void> {
    this.#closed = true;
    this.#memory.release(this);
    await this.#writing?.catch(() => undefined);
    await this.#file.close();
  }

  /** Writes what there is, beside the appends, and collects in another buffer from then on. */
  public giveBack(): void {
    if (this.#onItsWay === undefined) void this.#writeTail().catch(() => undefined);
  }

  /** Bytes `[position, position + target.length)` as far as they are in memory, which `position` is. Answers how many. */
  public copy(position: number, target: Uint8Array): number {
    let copied = 0;
    for (const piece of [this.#onItsWay, this.#tail]) {
      if (piece === undefined) continue;
      const from = position + copied - piece.start;
      if (from < 0 || from >= piece.length) continue;
      const bytes = piece.buffer.subarray(from, Math.min(piece.length, from + target.length - copied));
      target.set(bytes, copied);
      copied += bytes.length;
    }
    return copied;
  }

  #goesOn(position: number): boolean {
    const tail = this.#tail;
    if (this.#failure !== undefined || this.#closed) return false;
    if (tail.length === 0 && this.#onItsWay === undefined) tail.start = position;
    return position === tail.start + tail.length;
  }

  async #writeThrough(position: number, chunks: readonly Uint8Array[]): Promise<void> {
    await this.flush();
    this.#requireSound();
    await this.#file.write(position, chunks);
    const bytes = chunks.reduce((sum, { length }) => sum + length, 0);
    invariant(this.#tail.length === 0, 'writes come one behind the other');
    this.#tail.start = Math.max(this.#tail.start, position + bytes);
  }

  #writeTail(): Promise<void> {
    const tail = this.#tail;
    if (this.#onItsWay === undefined) {
      const piece = { ...tail };
      tail.start += tail.length;
      tail.length = 0;
      tail.buffer = NOTHING;
      this.#memory.release(this);
      if (piece.length === 0) return DONE;
      this.#onItsWay = piece;
    }
    const writing = this.#write(this.#onItsWay).finally(() => {
      // The next piece may be on its way already: this one made room for it some turns of promises ago.
      if (this.#writing === writing) this.#writing = undefined;
    });
    this.#writing = writing;
    return writing;
  }

  async #write({ buffer, start, length }: Piece): Promise<void> {
    this.#requireSound();
    try {
      await this.#file.write(start, [buffer.subarray(0, length)]);
    } catch (cause) {
      if (!SeglogError.is(cause, 'STORAGE_FULL')) this.#failure = cause;
      throw cause;
    }
    this.#onItsWay = undefined;
    this.#memory.recycle(buffer);
  }

  #requireSound(): void {
    if (this.#closed) throw new SeglogError('LOG_CLOSED', 'the file is closed');
    if (this.#failure !== undefined) throw this.#failure;
  }
}

/** A reader of a file that is being written, by its name; one that is written behind is read where its bytes are. */
export async function openActiveReader(
  directory: StorageDirectory,
  name: string,
  { file, writtenBytes }: { readonly file: WritableFile; readonly writtenBytes: () => number },
): Promise<SegmentReader> {
  if (!(file instanceof WriteBehindFile)) {
    const inner = await directory.openReader(name, { sealed: false, writtenBytes });
    return file instanceof RecentFile ? new RecentReader(file, inner, writtenBytes) : inner;
  }
  const inner = await directory.openReader(name, {
    sealed: false,
    writtenBytes: () => Math.min(writtenBytes(), file.flushedBytes),
  });
  return new WriteBehindReader(file, inner, writtenBytes);
}

class WriteBehindReader implements SegmentReader {
  readonly #file: WriteBehindFile;
  readonly #inner: SegmentReader;
  readonly #writtenBytes: () => number;

  public constructor(file: WriteBehindFile, inner: SegmentReader, writtenBytes: () => number) {
    this.#file = file;
    this.#inner = inner;
    this.#writtenBytes = writtenBytes;
  }

  public read(position: number, scratch: Uint8Array): Uint8Array | Promise<Uint8Array> {
    const { flushedBytes } = this.#file;
    const bytes = Math.min(scratch.length, Math.max(0, this.#writtenBytes() - position));
    if (position + bytes <= flushedBytes) return this.#inner.read(position, scratch);
    if (position >= flushedBytes)
      return scratch.subarray(0, this.#file.copy(position, scratch.subarray(0, bytes)));
    // What is in memory now is copied now: it may be with the medium when the rest has been read.
    const split = flushedBytes - position;
    const late = this.#file.copy(flushedBytes, scratch.subarray(split, bytes));
    return this.#readBoth(position, scratch.subarray(0, split + late), split);
  }

  public close(): Promise<void> {
    return this.#inner.close();
  }

  async #readBoth(position: number, scratch: Uint8Array, split: number): Promise<Uint8Array> {
    const early = await this.#inner.read(position, scratch.subarray(0, split));
    if (early.buffer !== scratch.buffer || early.byteOffset !== scratch.byteOffset) scratch.set(early);
    return early.length < split ? scratch.subarray(0, early.length) : scratch;
  }
}
