import type {
  OpenReaderOptions,
  SegmentReader,
  StorageDirectory,
  StorageEntry,
  WritableFile,
} from '@seglog/core';
import { CallFaults, faultError } from './call-faults.js';
import { FaultyFile } from './faulty-file.js';

/**
 * Any directory, with calls that can be made to fail: the one that is counted off, or every one from there on. Children
 * share their parent's faults. What is not made to fail goes through unchanged, and so does what a failed call left behind:
 * nothing is lost or invented, so that a test sees how an engine takes an error, not a crash.
 *
 * Counts what is open, so that a test can show that nothing was left open.
 */
export class FaultyDirectory implements StorageDirectory {
  public readonly faults: CallFaults;
  readonly #directory: StorageDirectory;
  readonly #open: Set<object>;

  public constructor(directory: StorageDirectory, shared?: FaultyDirectory) {
    this.#directory = directory;
    this.faults = shared?.faults ?? new CallFaults();
    this.#open = shared?.openHandles ?? new Set();
  }

  /** Files and readers of the whole tree that were opened and not closed. */
  public get openHandles(): Set<object> {
    return this.#open;
  }

  public get supports(): StorageDirectory['supports'] {
    return this.#directory.supports;
  }

  public get descriptors(): number {
    return this.#directory.descriptors;
  }

  public list(): Promise<readonly StorageEntry[]> {
    return this.faults.guard('list', '', () => this.#directory.list());
  }

  public sizeOf(name: string): Promise<number | undefined> {
    return this.faults.guard('sizeOf', name, () => this.#directory.sizeOf(name));
  }

  public directory(name: string, options: { readonly create: boolean }): Promise<StorageDirectory> {
    return this.faults.guard(
      'directory',
      name,
      async () => new FaultyDirectory(await this.#directory.directory(name, options), this),
    );
  }

  public create(name: string): Promise<WritableFile> {
    return this.faults.guard('create', name, async () =>
      this.#watched(new FaultyFile(await this.#directory.create(name), this.faults, name)),
    );
  }

  public open(name: string): Promise<WritableFile> {
    return this.faults.guard('open', name, async () =>
      this.#watched(new FaultyFile(await this.#directory.open(name), this.faults, name)),
    );
  }

  public openReader(name: string, options: OpenReaderOptions): Promise<SegmentReader> {
    return this.faults.guard('openReader', name, async () => {
      const reader = await this.#directory.openReader(name, options);
      return this.#watched<SegmentReader>({
        read: (position, scratch) => {
          const fault = this.faults.meet('read', name);
          if (fault !== undefined) return Promise.reject(faultError(fault, 'read', name));
          return reader.read(position, scratch);
        },
        close: () => reader.close(),
      });
    });
  }

  public rename(source: string, target: string): Promise<void> {
    return this.faults.guard('rename', source, () => this.#directory.rename(source, target));
  }

  public remove(name: string): Promise<void> {
    return this.faults.guard('remove', name, () => this.#directory.remove(name));
  }

  public sync(): Promise<void> {
    return this.faults.guard('syncDirectory', '', () => this.#directory.sync());
  }

  public lock(name: string): Promise<AsyncDisposable> {
    return this.faults.guard('lock', name, () => this.#directory.lock(name));
  }

  public close(): Promise<void> {
    return this.#directory.close();
  }

  /** The same handle, counted until it is closed. */
  #watched<T extends { close(): Promise<void> }>(handle: T): T {
    this.#open.add(handle);
    const close = handle.close.bind(handle);
    handle.close = async () => {
      this.#open.delete(handle);
      await close();
    };
    return handle;
  }
}
