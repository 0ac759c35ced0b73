export type MapperName = 'segmap' | 'mmap-io';

/**
 * A map is lent in windows of this many bytes, 1 GiB, the last one shorter: no Node that we support refuses a view of
 * that size (Node 20 ends at 4 GiB, a 32-bit process at 1 GiB).
 */
export const WINDOW_BYTES: number = 2 ** 30;

/** Turns a descriptor into memory. */
export interface Mapper {
  readonly name: MapperName;
  /** The largest file that it maps, in bytes. */
  readonly maxBytes: number;
  /**
   * Maps the first `bytes` (1 to `maxBytes`) of a regular file, read-only. The file must be that long: the first read
   * of a page beyond its end would end the process. The descriptor is not needed any more when this returns.
   *
   * `released` is called once, when the pages are really gone. Throws when the system or the file system refuses.
   */
  map(descriptor: number, bytes: number, released: () => void): Mapping;
}

/** One map of one file. Its methods are called in turn by its only holder. */
export interface Mapping {
  /** The mapped bytes, as one window for each {@link WINDOW_BYTES}; what was lent before has been recalled. */
  lend(): readonly Uint8Array[];
  /** Takes back what was lent: the windows and every view of them become empty, if the mapper can do that. */
  recall(): void;
  /** Recalls, and gives the pages back: at once, or when the garbage collector has found every view. Idempotent. */
  unmap(): void;
}
