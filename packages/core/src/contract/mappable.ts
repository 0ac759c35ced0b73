import type { StorageDirectory } from './storage-directory.js';

/**
 * An optional capability of a {@link StorageDirectory}: its files are files of the operating system, and it can lend a
 * descriptor of one. Offered by directories on a real disk; a directory in memory or a simulated one has none to lend.
 * A wrapper that needs it passes through what the directory below cannot offer.
 */
export interface MappableDirectory {
  /**
   * Lends a read-only descriptor of an existing file and the file's size in bytes, preallocated zeros included, taken
   * from that same descriptor after it was opened.
   *
   * The loan ends when `use` returns, so `use` is synchronous: a map made in it outlives the descriptor, the number
   * does not. The borrower never closes the descriptor and never moves its file cursor. What `use` returns is the
   * result; what it throws rejects the call, unchanged, after the descriptor was taken back.
   *
   * Links are not followed. Names, and failures of the medium before `use` is called, as in {@link StorageDirectory}:
   * `STORAGE` with errno `ENOENT` if there is no such file, `LOG_CLOSED` after `close`. `use` is called at most once.
   */
  withDescriptor<T>(name: string, use: (descriptor: number, sizeBytes: number) => T): Promise<T>;
}

/** True when `directory` lends descriptors of its files. A wrapper offers the capability only by declaring it itself. */
export function isMappableDirectory(
  directory: StorageDirectory,
): directory is StorageDirectory & MappableDirectory {
  return 'withDescriptor' in directory && typeof directory.withDescriptor === 'function';
}
