export type MapperName = 'segmap' | 'mmap-io';

/**
 * A map is lent in windows of this many bytes, 16 MiB, the last one shorter, and each only when it is read. V8 takes what
 * is lent for memory that it could win back, and begins to collect garbage for every 64 MiB of it; and Node 20 has no
 * views beyond 4 GiB.
 */
export const WINDOW_BYTES: number = 2 ** 24;

/** Turns a descriptor into memory. */
export interface Mapper {
  readonly name: MapperName;
  /** The largest file that it maps, in bytes. */
  readonly maxBytes: number;
  /**
   * Maps the beginning of a regular file, read-only. The descriptor is not needed any more when this returns. Throws
   * when the system or the file system refuses.
   */
  map(descriptor: number, order: MapOrder): Mapping;
}

export interface MapOrder {
  /** 1 to `maxBytes`. The file must be that long: the first read of a page beyond its end would end the process. */
  readonly bytes: number;
  /** The system is told to read ahead, as for a file that is read from front to back. */
  readonly sequential: boolean;
  /** Called once, when the pages are really gone. */
  readonly released: () => void;
}

/** One map of one file. Its methods are called in turn by its only holder. */
export interface Mapping {
  /** The bytes from `index` x {@link WINDOW_BYTES}: one window, lent once before it is recalled. */
  lend(index: number): Uint8Array;
  /** Takes back what was lent: the windows and every view of them become empty, if the mapper can do that. */
  recall(): void;
  /** Recalls, and gives the pages back: at once, or when the garbage collector has found every view. Idempotent. */
  unmap(): void;
}
