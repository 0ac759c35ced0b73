import type { Checksum } from '../contract/checksum.js';
import { SeglogError } from '../contract/error.js';
import type { IndexStore, IndexStoreFactory, SegmentIndex } from '../contract/index-store.js';
import type { SegmentFacts, SegmentName } from '../contract/segment-facts.js';
import type { StorageDirectory } from '../contract/storage-directory.js';
import { requireKnownOptions } from '../invariant.js';
import { readWholeFile } from './bounded-read.js';
import { FileSegmentIndex } from './file-segment-index.js';
import { decodeIndexFile, type IndexFileContent, indexFileBytes } from './index-file-format.js';
import { indexFileName, temporaryIndexFileName } from './index-file-name.js';
import { DEFAULT_MAX_ENTRIES, requireMaxEntries, SparseIndex } from './sparse-index.js';

export interface FileIndexOptions {
  /** Proves the files; its id is stamped in them, so a file that was written with another one is not believed. */
  readonly checksum: Checksum;
  /** Most entries per segment, 2 to 33,554,432; beyond, the index becomes sparser. Default 262,144 (6 MiB). */
  readonly maxEntries?: number;
}

/**
 * One `.idx` file beside each segment: see `docs/format.md#index-sidecar`. In memory while the segment is open, written
 * whole at `flush`. Nothing of it is synced: a file that a power cut damaged is not believed and made anew.
 * Throws `RangeError` for a number out of range and for options that are not there.
 */
export function fileIndex(options: FileIndexOptions): IndexStoreFactory {
  requireKnownOptions(options, ['checksum', 'maxEntries']);
  const { checksum, maxEntries = DEFAULT_MAX_ENTRIES } = options;
  requireMaxEntries(maxEntries);
  return (directory) => new FileIndexStore(directory, { checksum, maxEntries });
}

class FileIndexStore implements IndexStore {
  public readonly name = 'file';
  readonly #directory: StorageDirectory;
  readonly #options: Required<FileIndexOptions>;

  public constructor(directory: StorageDirectory, options: Required<FileIndexOptions>) {
    this.#directory = directory;
    this.#options = options;
  }

  public async open(segment: SegmentFacts): Promise<{ index: SegmentIndex; coveredUpTo: number }> {
    const content = await this.#load(segment);
    const { checksum, maxEntries } = this.#options;
    const { entries, coveredUpTo } = content ?? {
      entries: new SparseIndex({ maxEntries }),
      coveredUpTo: segment.firstPosition,
    };
    const kept = content === undefined ? undefined : coveredUpTo;
    const index = new FileSegmentIndex(this.#directory, { segment, entries, checksum, kept });
    return { index, coveredUpTo };
  }

  public async remove(segment: SegmentName): Promise<void> {
    await this.#directory.remove(temporaryIndexFileName(segment));
    await this.#directory.remove(indexFileName(segment));
  }

  async #load(segment: SegmentFacts): Promise<IndexFileContent | undefined> {
    const bytes = await this.#read(indexFileName(segment));
    const content = bytes instanceof Uint8Array ? decodeIndexFile(segment, bytes, this.#options) : undefined;
    const isNew = bytes === undefined && segment.endPosition === segment.firstPosition;
    if (content === undefined && !segment.sealed && !isNew) await this.#discard(segment);
    return content;
  }

  /** Undefined when there is no file. What the medium cannot give back, or what is too long to be ours, is unreadable. */
  async #read(name: string): Promise<Uint8Array | 'unreadable' | undefined> {
    const maxBytes = indexFileBytes(this.#options.maxEntries);
    try {
      return await readWholeFile(this.#directory, name, maxBytes);
    } catch (error) {
      if (!SeglogError.is(error, 'STORAGE')) throw error;
      return 'unreadable';
    }
  }

  /**
   * A file that reaches beyond the end of a growing segment describes frames that are gone. Once others stood in their
   * place it would look right again: so it goes, and stays gone after a power cut, before the first of them is written.
   * If it is not there any more, the process that removed it may have died before its removal was durable.
   */
  async #discard(segment: SegmentFacts): Promise<void> {
    try {
      await this.#directory.remove(indexFileName(segment));
      await this.#directory.sync();
    } catch (error) {
      if (!SeglogError.is(error, 'READ_ONLY')) throw error;
    }
  }
}
