import { fstatSync } from 'node:fs';
import {
  isMappableDirectory,
  type MappableDirectory,
  type OpenReaderOptions,
  type SegmentReader,
  type StorageDirectory,
  type StorageEntry,
  type WritableFile,
} from '@seglog/core';
import { chooseMapper } from './choose-mapper.js';
import { GuardedFile } from './guarded-file.js';
import { MapScope } from './map-scope.js';
import { type FileToMap, MapTable } from './map-table.js';
import { MappedReader } from './mapped-reader.js';
import type { MapperName } from './mapper.js';
import { type MmapDirectoryOptions, mmapSettings } from './mmap-options.js';

/**
 * The directory below, except that readers of sealed files answer from a memory map. What cannot be mapped is read by
 * the directory below: unsealed and empty files, files that its mapper or the system refuses, everything beyond the
 * bounds, and everything if it lends no descriptors (see {@link MappableDirectory}). The bounds hold for a directory
 * and its children together; children share its mapper.
 *
 * While an open reader maps a file, `truncate` below its size rejects with `STORAGE`, errno `EBUSY`. Whoever changes
 * the files without this directory may kill the process: see the README.
 */
export class MmapDirectory implements StorageDirectory {
  readonly #inner: StorageDirectory;
  #mapping: MappingParts | undefined;

  /**
   * Loads the mapper; touches no file. Throws `RangeError` for bounds that are no safe integers >= 0 and for options that are
   * not there.
   */
  public constructor(inner: StorageDirectory, options: MmapDirectoryOptions = {}) {
    const { mapper: choice, ...settings } = mmapSettings(options);
    this.#inner = inner;
    const lender = isMappableDirectory(inner) ? inner : undefined;
    const mapper = lender && chooseMapper(choice);
    if (lender === undefined || mapper === undefined) return;
    const maps = new MapTable(mapper, settings);
    this.#mapping = { mapper: mapper.name, lender, maps, scope: new MapScope('') };
  }

  /** What maps sealed files here; `none` if it was asked for, or no mapper loads, or the inner directory lends nothing. */
  public get mapper(): MapperName | 'none' {
    return this.#mapping?.mapper ?? 'none';
  }

  public get supports(): StorageDirectory['supports'] {
    return this.#inner.supports;
  }

  public get descriptors(): number {
    const { maps, scope } = this.#mapping ?? {};
    return this.#inner.descriptors + (maps && scope ? maps.count(scope) : 0);
  }

  public async openReader(name: string, options: OpenReaderOptions): Promise<SegmentReader> {
    const mapped = options.sealed ? await this.#mappedReader(name, options) : undefined;
    return mapped ?? this.#inner.openReader(name, options);
  }

  public async create(name: string): Promise<WritableFile> {
    return this.#guarded(name, await this.#inner.create(name));
  }

  public async open(name: string): Promise<WritableFile> {
    return this.#guarded(name, await this.#inner.open(name));
  }

  public async directory(name: string, options: { readonly create: boolean }): Promise<StorageDirectory> {
    const inner = await this.#inner.directory(name, options);
    const child = new MmapDirectory(inner, { mapper: 'none' });
    if (this.#mapping !== undefined && isMappableDirectory(inner)) {
      child.#mapping = { ...this.#mapping, lender: inner, scope: this.#mapping.scope.child(name) };
    }
    return child;
  }

  public async rename(source: string, target: string): Promise<void> {
    await this.#inner.rename(source, target);
    this.#forget(source);
    this.#forget(target);
  }

  public async remove(name: string): Promise<void> {
    await this.#inner.remove(name);
    this.#forget(name);
  }

  public async list(): Promise<readonly StorageEntry[]> {
    return this.#inner.list();
  }

  public async sizeOf(name: string): Promise<number | undefined> {
    return this.#inner.sizeOf(name);
  }

  public async sync(): Promise<void> {
    return this.#inner.sync();
  }

  public async lock(name: string): Promise<AsyncDisposable> {
    return this.#inner.lock(name);
  }

  public async close(): Promise<void> {
    const { maps, scope } = this.#mapping ?? {};
    scope?.close();
    try {
      if (maps && scope) await maps.close(scope);
    } finally {
      await this.#inner.close();
    }
  }

  async #mappedReader(name: string, options: OpenReaderOptions): Promise<SegmentReader | undefined> {
    if (this.#mapping === undefined) return undefined;
    const { lender, maps, scope } = this.#mapping;
    return lender.withDescriptor(name, (descriptor) => {
      scope.requireOpen();
      const map = maps.open({ ...identify(descriptor), descriptor, path: scope.pathOf(name), scope });
      return map && new MappedReader(map, () => options.writtenBytes());
    });
  }

  /** The identity is taken while the name still leads to the file: it may be renamed or replaced while it is open. */
  async #guarded(name: string, file: WritableFile): Promise<WritableFile> {
    if (this.#mapping === undefined) return file;
    const { lender, maps } = this.#mapping;
    try {
      const { key } = await lender.withDescriptor(name, identify);
      return new GuardedFile(file, maps, { name, key });
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  #forget(name: string): void {
    const { maps, scope } = this.#mapping ?? {};
    if (maps && scope) maps.forget(scope.pathOf(name));
  }
}

interface MappingParts {
  readonly mapper: MapperName;
  readonly lender: MappableDirectory;
  readonly maps: MapTable;
  readonly scope: MapScope;
}

/** Which file it is, and its size at this moment: the lent size may be some turns old, and the file cut since. */
function identify(descriptor: number): Pick<FileToMap, 'key' | 'bytes' | 'unlinked'> {
  const { dev, ino, size, nlink } = fstatSync(descriptor, { bigint: true });
  return { key: `${dev}:${ino}`, bytes: Number(size), unlinked: nlink === 0n };
}
