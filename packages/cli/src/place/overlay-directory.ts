import {
  type OpenReaderOptions,
  SeglogError,
  type SegmentReader,
  type StorageDirectory,
  type StorageEntry,
  type WritableFile,
} from '@seglog/core';
import { OverlayFile } from './overlay-file.js';

/**
 * A directory in which everything can be changed and nothing is: changes stay in memory, on top of a directory that is only
 * read. What an opening would do is tried out on it.
 */
export class OverlayDirectory implements StorageDirectory {
  public readonly supports: StorageDirectory['supports'] = {
    directorySync: true,
    lock: true,
    atomicRename: true,
  };
  public readonly descriptors = 0;
  readonly #base: StorageDirectory | undefined;
  readonly #files = new Map<string, OverlayFile>();
  readonly #directories = new Map<string, OverlayDirectory>();
  readonly #gone = new Set<string>();

  public constructor(base?: StorageDirectory) {
    this.#base = base;
  }

  public async list(): Promise<readonly StorageEntry[]> {
    const below = (await this.#base?.list()) ?? [];
    const above = [
      ...[...this.#files.keys()].map((name) => ({ name, kind: 'file' as const })),
      ...[...this.#directories.keys()].map((name) => ({ name, kind: 'directory' as const })),
    ];
    const covered = new Set([...above.map(({ name }) => name), ...this.#gone]);
    return [...below.filter(({ name }) => !covered.has(name)), ...above];
  }

  public async sizeOf(name: string): Promise<number | undefined> {
    const file = this.#files.get(name);
    if (file !== undefined) return file.sizeBytes;
    return this.#gone.has(name) || this.#directories.has(name) ? undefined : this.#base?.sizeOf(name);
  }

  public async directory(name: string, options: { readonly create: boolean }): Promise<StorageDirectory> {
    const known = this.#directories.get(name);
    if (known !== undefined) return known;
    const entry = (await this.list()).find((one) => one.name === name);
    if (entry === undefined && !options.create) throw refusal('opendir', name, 'ENOENT');
    if (entry !== undefined && entry.kind !== 'directory') throw refusal('opendir', name, 'ENOTDIR');
    const base = entry === undefined ? undefined : await this.#base?.directory(name, { create: false });
    const child = new OverlayDirectory(base);
    this.#directories.set(name, child);
    return child;
  }

  public async create(name: string): Promise<WritableFile> {
    if ((await this.list()).some((entry) => entry.name === name)) throw refusal('create', name, 'EEXIST');
    const file = new OverlayFile();
    this.#files.set(name, file);
    return file;
  }

  public async open(name: string): Promise<WritableFile> {
    return this.#overlaid(name);
  }

  public async openReader(name: string, options: OpenReaderOptions): Promise<SegmentReader> {
    const file = this.#files.get(name);
    if (file === undefined && !this.#gone.has(name) && this.#base !== undefined) {
      const reader = await this.#base.openReader(name, options);
      // The file may be changed while it is being read.
      const read = (position: number, scratch: Uint8Array): Uint8Array | Promise<Uint8Array> => {
        const changed = this.#files.get(name);
        return changed?.read(position, scratch, options.writtenBytes()) ?? reader.read(position, scratch);
      };
      return { read, close: () => reader.close() };
    }
    if (file === undefined) throw refusal('open', name, 'ENOENT');
    return {
      read: (position, scratch) => file.read(position, scratch, options.writtenBytes()),
      close: async () => undefined,
    };
  }

  public async rename(source: string, target: string): Promise<void> {
    const file = await this.#overlaid(source);
    this.#files.delete(source);
    this.#gone.add(source);
    this.#gone.delete(target);
    this.#files.set(target, file);
  }

  public async remove(name: string): Promise<void> {
    this.#files.delete(name);
    this.#directories.delete(name);
    this.#gone.add(name);
  }

  public async sync(): Promise<void> {}

  /** The rehearsal excludes nobody. */
  public async lock(): Promise<AsyncDisposable> {
    return { [Symbol.asyncDispose]: async () => undefined };
  }

  public async close(): Promise<void> {}

  async #overlaid(name: string): Promise<OverlayFile> {
    const known = this.#files.get(name);
    if (known !== undefined) return known;
    const sizeBytes = await this.sizeOf(name);
    if (sizeBytes === undefined || this.#base === undefined) throw refusal('open', name, 'ENOENT');
    const reader = await this.#base.openReader(name, { sealed: false, writtenBytes: () => sizeBytes });
    const file = new OverlayFile({ reader, sizeBytes });
    this.#files.set(name, file);
    return file;
  }
}

function refusal(call: string, name: string, errno: string): SeglogError {
  return new SeglogError('STORAGE', 'the storage refused', { call, name, errno });
}
