import { basename, join } from 'node:path';
import {
  type MappableDirectory,
  type OpenReaderOptions,
  requireStorageName,
  type SegmentReader,
  type StorageDirectory,
  type StorageEntry,
  type WritableFile,
} from '@seglog/core';
import { DescriptorPool } from './descriptor-pool.js';
import {
  listEntries,
  openDirectory,
  removeEntry,
  renameFile,
  sizeOfFile,
  syncDirectory,
} from './directory-calls.js';
import { blockingSyncCalls, nodeFileCalls } from './file-calls.js';
import { OPEN_NEW, OPEN_TO_READ, OPEN_TO_WRITE } from './open-flags.js';
import type { PooledFile } from './pooled-file.js';
import { PreadFile } from './pread-file.js';
import { type PreadOptions, type PreadSettings, preadSettings } from './pread-options.js';
import { PreadReader } from './pread-reader.js';
import { type Place, RootPath } from './root-path.js';
import { Scope } from './scope.js';
import { named, refusal } from './storage-failure.js';
import { takeLock } from './writer-lock.js';

/**
 * A directory of the operating system. The root's path may lead through links; below it none is followed. A root that is
 * missing counts as empty, and is made when something is first created in it.
 */
export class PreadDirectory implements StorageDirectory, MappableDirectory {
  public readonly supports: StorageDirectory['supports'] = {
    directorySync: true,
    lock: true,
    atomicRename: true,
  };
  readonly #settings: PreadSettings;
  #pool: DescriptorPool;
  #place: Place;
  #scope = new Scope();

  /** Touches nothing. Throws `TypeError` or `RangeError` for options that make no sense or are not there. */
  public constructor(path: string, options: PreadOptions = {}) {
    if (typeof path !== 'string' || path === '')
      throw new TypeError('path must be a string that is not empty');
    this.#settings = preadSettings(options);
    const { maxOpenFiles, syncWriteBytes, blockingSyncs } = this.#settings;
    const calls = blockingSyncs ? blockingSyncCalls : nodeFileCalls;
    this.#pool = new DescriptorPool(calls, maxOpenFiles, syncWriteBytes);
    this.#place = new RootPath(path, this.#settings.create, this.#pool);
  }

  /** The root, found or made at once: the same directory, with the mistakes in its path told early. */
  public static async open(path: string, options: PreadOptions = {}): Promise<PreadDirectory> {
    const directory = new PreadDirectory(path, options);
    await directory.#place.make();
    return directory;
  }

  public get descriptors(): number {
    return this.#scope.descriptors;
  }

  public async list(): Promise<readonly StorageEntry[]> {
    this.#scope.requireOpen();
    const path = await this.#place.find();
    return path === undefined ? [] : named('readdir', basename(path), () => listEntries(path));
  }

  public async sizeOf(name: string): Promise<number | undefined> {
    this.#require(name);
    const path = await this.#place.find();
    return path === undefined ? undefined : named('lstat', name, () => sizeOfFile(join(path, name)));
  }

  public async directory(name: string, options: { readonly create: boolean }): Promise<StorageDirectory> {
    this.#require(name);
    const path = options.create ? await this.#make(name) : await this.#find('opendir', name);
    await named('mkdir', name, () => openDirectory(path, options));
    this.#scope.requireOpen();
    const child = new PreadDirectory(path, this.#settings);
    child.#pool = this.#pool;
    child.#place = { find: async () => path, make: async () => path };
    child.#scope = new Scope(this.#scope);
    return child;
  }

  public async create(name: string): Promise<WritableFile> {
    this.#require(name);
    const opened = await this.#open(name, await this.#make(name), OPEN_NEW);
    return new PreadFile(name, this.#pool, opened, this.#scope);
  }

  public async open(name: string): Promise<WritableFile> {
    this.#require(name);
    const opened = await this.#open(name, await this.#find('open', name), OPEN_TO_WRITE);
    return new PreadFile(name, this.#pool, opened, this.#scope);
  }

  public async openReader(name: string, options: OpenReaderOptions): Promise<SegmentReader> {
    this.#require(name);
    const { file } = await this.#open(name, await this.#find('open', name), OPEN_TO_READ);
    const settings = {
      name,
      sealed: options.sealed,
      writtenBytes: () => options.writtenBytes(),
      syncReadBytes: this.#settings.syncReadBytes,
    };
    return new PreadReader(settings, this.#pool, file, this.#scope);
  }

  public async withDescriptor<T>(
    name: string,
    use: (descriptor: number, sizeBytes: number) => T,
  ): Promise<T> {
    this.#require(name);
    const { file, sizeBytes } = await this.#open(name, await this.#find('open', name), OPEN_TO_READ);
    try {
      return this.#lend(file, (descriptor) => use(descriptor, sizeBytes));
    } finally {
      await named('close', name, () => this.#pool.dispose(file));
    }
  }

  public async rename(source: string, target: string): Promise<void> {
    requireStorageName(target);
    this.#require(source);
    const [from, to] = [await this.#find('rename', source), await this.#find('rename', target)];
    await named('rename', source, () => renameFile(this.#pool, from, to));
  }

  public async remove(name: string): Promise<void> {
    this.#require(name);
    const path = await this.#place.find();
    if (path !== undefined) await named('unlink', name, () => removeEntry(this.#pool, join(path, name)));
  }

  public async sync(): Promise<void> {
    this.#scope.requireOpen();
    const path = await this.#place.find();
    if (path !== undefined) await named('fsync', basename(path), () => syncDirectory(this.#pool, path));
  }

  public async lock(name: string): Promise<AsyncDisposable> {
    this.#require(name);
    const path = await this.#make(name);
    const { allowUnlocked } = this.#settings;
    const lock = await named('lock', name, () =>
      takeLock(this.#pool, this.#scope, { path, name, allowUnlocked }),
    );
    if (this.#scope.closed) await lock.close();
    this.#scope.requireOpen();
    return lock;
  }

  public async close(): Promise<void> {
    await this.#scope.close();
  }

  #require(name: string): void {
    requireStorageName(name);
    this.#scope.requireOpen();
  }

  async #make(name: string): Promise<string> {
    return join(await this.#place.make(), name);
  }

  async #find(call: string, name: string): Promise<string> {
    const path = await this.#place.find();
    if (path === undefined) {
      throw refusal('there is no such file or directory', { call, name, errno: 'ENOENT' });
    }
    return join(path, name);
  }

  /** Others may have opened files since this one was: it has a descriptor for certain only while it is in use. */
  #lend<T>(file: PooledFile, use: (descriptor: number) => T): T {
    const descriptor = this.#pool.acquire(file);
    try {
      return use(descriptor);
    } finally {
      this.#pool.release(file);
    }
  }

  /** The directory may have been closed while the file was being opened. */
  async #open(
    name: string,
    path: string,
    flags: number,
  ): Promise<{ readonly file: PooledFile; readonly sizeBytes: number }> {
    const opened = await named('open', name, () => this.#pool.open(path, flags));
    if (this.#scope.closed) await this.#pool.dispose(opened.file);
    this.#scope.requireOpen();
    return opened;
  }
}
