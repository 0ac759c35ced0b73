import { SeglogError } from '../contract/error.js';
import type { SegmentReader } from '../contract/segment-reader.js';
import type {
  OpenReaderOptions,
  StorageDirectory,
  StorageEntry,
  WritableFile,
} from '../contract/storage-directory.js';

/** A directory in which nothing can be changed: what a reader is given, so that no part of it writes by mistake. */
export class ReadOnlyDirectory implements StorageDirectory {
  readonly #inner: StorageDirectory;

  public constructor(inner: StorageDirectory) {
    this.#inner = inner;
  }

  public get supports(): StorageDirectory['supports'] {
    return { ...this.#inner.supports, lock: false };
  }

  public get descriptors(): number {
    return this.#inner.descriptors;
  }

  public list(): Promise<readonly StorageEntry[]> {
    return this.#inner.list();
  }

  public sizeOf(name: string): Promise<number | undefined> {
    return this.#inner.sizeOf(name);
  }

  public async directory(name: string): Promise<StorageDirectory> {
    return new ReadOnlyDirectory(await this.#inner.directory(name, { create: false }));
  }

  public openReader(name: string, options: OpenReaderOptions): Promise<SegmentReader> {
    return this.#inner.openReader(name, options);
  }

  public async create(name: string): Promise<WritableFile> {
    return refuse('create', name);
  }

  public async open(name: string): Promise<WritableFile> {
    return refuse('open', name);
  }

  public async rename(source: string): Promise<void> {
    refuse('rename', source);
  }

  public async remove(name: string): Promise<void> {
    refuse('remove', name);
  }

  public async sync(): Promise<void> {
    refuse('sync', '.');
  }

  public async lock(name: string): Promise<AsyncDisposable> {
    return refuse('lock', name);
  }

  public close(): Promise<void> {
    return this.#inner.close();
  }
}

function refuse(call: string, name: string): never {
  throw new SeglogError('READ_ONLY', 'the data root was opened for reading only', { call, name });
}
