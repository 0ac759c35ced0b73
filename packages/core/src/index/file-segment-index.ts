import type { Checksum } from '../contract/checksum.js';
import type { IndexEntry, SegmentIndex } from '../contract/index-store.js';
import type { SegmentFacts } from '../contract/segment-facts.js';
import type { StorageDirectory } from '../contract/storage-directory.js';
import { requireSafeInteger } from '../invariant.js';
import { encodeIndexFile } from './index-file-format.js';
import { indexFileName, temporaryIndexFileName } from './index-file-name.js';
import type { SparseIndex } from './sparse-index.js';

export interface FileSegmentIndexParts {
  readonly segment: SegmentFacts;
  readonly entries: SparseIndex;
  readonly checksum: Checksum;
  /** What the file on the disk covers now; undefined when there is none that is believed. */
  readonly kept: number | undefined;
}

/** The index of one segment, in memory, with a file that is replaced as a whole. */
export class FileSegmentIndex implements SegmentIndex {
  readonly #directory: StorageDirectory;
  readonly #parts: FileSegmentIndexParts;
  #kept: number | undefined;
  /** The file lags behind the entries: something was added or dropped since it was written. */
  #changed = false;
  /** A file that describes frames that are gone may still be there after a power cut. */
  #stale = false;
  /** The removal or the write that is under way; never rejects. Changes of the file take place one after the other. */
  #fileIsFree: Promise<void> = Promise.resolve();

  public constructor(directory: StorageDirectory, parts: FileSegmentIndexParts) {
    this.#directory = directory;
    this.#parts = parts;
    this.#kept = parts.kept;
  }

  public append(entry: IndexEntry): void {
    this.#parts.entries.append(entry);
    this.#changed = true;
  }

  public floor(offset: number): number {
    return this.#parts.entries.floor(offset, this.#parts.segment.firstPosition);
  }

  public floorByTime(timestampMs: number): number {
    return this.#parts.entries.floorByTime(timestampMs, this.#parts.segment.firstPosition);
  }

  /**
   * A file that covers more than what is left is removed: it must not describe frames that are gone. If that fails, the
   * next flush replaces it.
   */
  public truncateAfter(position: number): void {
    this.#parts.entries.truncateAfter(position);
    this.#changed = true;
    if (this.#kept === undefined || this.#kept <= position) return;
    this.#kept = undefined;
    this.#stale = true;
    this.#queue(() => this.#removeFile()).catch(() => undefined);
  }

  public async flush(coveredUpTo: number): Promise<void> {
    const { firstPosition } = this.#parts.segment;
    requireSafeInteger(coveredUpTo, 'coveredUpTo', { min: firstPosition });
    if (!this.#changed && this.#kept === coveredUpTo) return;
    await this.#queue(() => this.#writeFile(coveredUpTo));
  }

  public async close(): Promise<void> {
    await this.#fileIsFree;
  }

  #queue(change: () => Promise<void>): Promise<void> {
    const done = this.#fileIsFree.then(change);
    this.#fileIsFree = done.catch(() => undefined);
    return done;
  }

  async #removeFile(): Promise<void> {
    await this.#directory.remove(indexFileName(this.#parts.segment));
    await this.#directory.sync();
    this.#stale = false;
  }

  /** Written beside and renamed, so that a crash leaves the old file, the new one, or bytes that fail the checksum. */
  async #writeFile(coveredUpTo: number): Promise<void> {
    const { segment, entries, checksum } = this.#parts;
    const bytes = encodeIndexFile(segment, { entries, coveredUpTo }, checksum);
    this.#changed = false;
    try {
      await this.#replaceFile(bytes);
    } catch (error) {
      this.#changed = true;
      throw error;
    }
    this.#kept = coveredUpTo;
  }

  async #replaceFile(bytes: Uint8Array): Promise<void> {
    const temporary = temporaryIndexFileName(this.#parts.segment);
    await this.#directory.remove(temporary);
    const file = await this.#directory.create(temporary);
    try {
      await file.write(0, [bytes]);
    } finally {
      await file.close();
    }
    await this.#directory.rename(temporary, indexFileName(this.#parts.segment));
    if (this.#stale) await this.#directory.sync();
    this.#stale = false;
  }
}
