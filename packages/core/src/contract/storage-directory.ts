import type { SegmentReader } from './segment-reader.js';

/** One name in a directory. */
export interface StorageEntry {
  readonly name: string;
  /** `other` is everything that is not ours by nature: links, sockets, devices. It is listed, and never opened. */
  readonly kind: 'file' | 'directory' | 'other';
}

/** What a reader may rely on. */
export interface OpenReaderOptions {
  /** True when the file never changes again, which lets an implementation map or cache it. */
  readonly sealed: boolean;
  /** Bytes of the file that are written and may be read; called at every read, must be cheap, never falls. */
  writtenBytes(): number;
}

/**
 * The one door to a medium: one directory of files. The engine never sees a path, and does nothing to a disk but what is
 * written here.
 *
 * **Nothing is durable until the method that says so resolves.** A file's bytes and size become durable by its own
 * `sync`; its *name* by `sync` of the directory that holds it; a directory's name by `sync` of its parent. A power cut
 * keeps any subset of what was not synced. Close, rename and process exit make nothing durable.
 *
 * Names are single path components: 1 to 255 bytes of `[A-Za-z0-9._-]`, not `.` or `..`; anything else throws
 * `RangeError` before the medium is touched. Links are never followed and never created.
 *
 * Failures of the medium reject with `STORAGE` (`STORAGE_FULL` when space or quota ran out), with the operating system's
 * error as `cause` and facts `call`, `name` and `errno`. No method retries a failed sync. All methods may run
 * concurrently; the order of concurrent calls that touch one name is the caller's to arrange.
 */
export interface StorageDirectory {
  /** What this medium can promise. What is not supported is refused with `STORAGE`, never silently skipped. */
  readonly supports: {
    /** `sync` makes names durable. */
    readonly directorySync: boolean;
    /** `lock` excludes other processes. */
    readonly lock: boolean;
    /** `rename` replaces its target in one step. */
    readonly atomicRename: boolean;
  };

  /** Every entry, in any order, without `.` and `..`. */
  list(): Promise<readonly StorageEntry[]>;

  /** Size of a file in bytes, preallocated zeros included; undefined when there is no such file. */
  sizeOf(name: string): Promise<number | undefined>;

  /**
   * A child directory. With `create`, it is made if it is missing (mode 0700) and the caller syncs this directory to
   * keep its name. Without, a missing one rejects with `STORAGE` and errno `ENOENT`; so does, with `ENOTDIR`, a name that is not a directory.
   */
  directory(name: string, options: { readonly create: boolean }): Promise<StorageDirectory>;

  /** A new empty file (mode 0600), open for writing. Rejects with `STORAGE` and errno `EEXIST` if the name exists. */
  create(name: string): Promise<WritableFile>;

  /** An existing file, open for writing. Rejects with `STORAGE`, errno `ENOENT`, if there is none. */
  open(name: string): Promise<WritableFile>;

  /** An existing file, open for reading: see {@link SegmentReader}. Rejects with `STORAGE`, errno `ENOENT`, if there is none. */
  openReader(name: string, options: OpenReaderOptions): Promise<SegmentReader>;

  /** Gives a file another name; a file of that name is replaced in one step. Durable after `sync`. */
  rename(source: string, target: string): Promise<void>;

  /**
   * Removes a file, or a child directory with all it holds. Removing what is not there resolves. Readers and files that
   * are open keep working until closed. Durable after `sync`.
   */
  remove(name: string): Promise<void>;

  /** Makes every creation, rename and removal in this directory durable that resolved before the call. */
  sync(): Promise<void>;

  /**
   * Excludes every other holder of the same name, in this process and in others, until disposed or until the process
   * ends however it ends. Makes the file if it is missing and never removes it. Rejects at once with `LOG_LOCKED` when
   * it is held, facts naming the holder.
   */
  lock(name: string): Promise<AsyncDisposable>;

  /** Descriptors and maps that this directory and its children hold now; 0 where there is no such thing. */
  readonly descriptors: number;

  /**
   * Releases every descriptor and map of this directory and its children, and refuses further calls with `LOG_CLOSED`.
   * Syncs nothing. Idempotent.
   */
  close(): Promise<void>;
}

/**
 * One file that is being written. Writes at distinct ranges may run concurrently; `truncate`, `preallocate` and `close`
 * run alone. After a failed `sync` the file refuses every further write and sync with `STORAGE`: what the medium kept is
 * unknown.
 */
export interface WritableFile {
  /** Size in bytes, preallocated zeros included. */
  readonly sizeBytes: number;

  /**
   * Writes all of `chunks`, one after the other, from `position` (a safe integer >= 0, asserted), or rejects; after a
   * rejection any part of the range may hold any mix of old and new bytes. A gap between the old end and `position`
   * reads as zeros. The chunks are borrowed until it settles. An empty write does nothing. Undefined when all of it is done
   * on return, which saves whoever writes little a turn through a promise; never throws.
   */
  write(position: number, chunks: readonly Uint8Array[]): Promise<void> | undefined;

  /**
   * Makes the file at least `sizeBytes` long by zeros that are really written, so that later writes into them change no
   * metadata. A hint: an implementation may do nothing. Rejects with `STORAGE_FULL` and changes nothing that was written.
   */
  preallocate(sizeBytes: number): Promise<void>;

  /** Cuts or extends (by zeros) to `sizeBytes`. Durable after `sync`. */
  truncate(sizeBytes: number): Promise<void>;

  /** All bytes and the size, as of the writes that resolved before the call, become durable. Not the file's name. */
  sync(): Promise<void>;

  /** Releases the file. Syncs nothing. Idempotent. */
  close(): Promise<void>;
}
