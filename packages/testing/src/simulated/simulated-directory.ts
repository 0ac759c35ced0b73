import {
  type OpenReaderOptions,
  requireStorageName,
  SeglogError,
  type SegmentReader,
  type StorageDirectory,
  type StorageEntry,
  type WritableFile,
} from '@seglog/core';
import { DirectoryNode, type DiskNode, type NameChange } from './directory-node.js';
import { storageError } from './faults.js';
import { FileNode } from './file-node.js';
import type { HeldLock, Kernel } from './kernel.js';
import { SimulatedFile } from './simulated-file.js';
import { SimulatedReader } from './simulated-reader.js';
import type { DiskCall } from './trace.js';

/** One directory of a simulated disk, as an open handle. */
export class SimulatedDirectory implements StorageDirectory {
  public readonly supports = { directorySync: true, lock: true, atomicRename: true };
  readonly #kernel: Kernel;
  readonly #node: DirectoryNode;
  readonly #path: string;
  readonly #open = new Set<{ close(): Promise<void> }>();
  readonly #children = new Set<SimulatedDirectory>();
  readonly #locks = new Set<HeldLock>();
  #closed = false;

  public constructor(kernel: Kernel, node: DirectoryNode, path: string) {
    this.#kernel = kernel;
    this.#node = node;
    this.#path = path;
  }

  public get closed(): boolean {
    return this.#closed;
  }

  public get descriptors(): number {
    let count = this.#open.size + this.#locks.size;
    for (const child of this.#children) count += child.descriptors;
    return count;
  }

  public async list(): Promise<readonly StorageEntry[]> {
    const call = this.#whole('list');
    return this.#kernel.observe(call, () =>
      [...this.#node.visible].map(([name, { kind }]) => ({ name, kind })),
    );
  }

  public async sizeOf(name: string): Promise<number | undefined> {
    return this.#kernel.observe(this.#named('sizeOf', name), () => {
      const node = this.#node.visible.get(name);
      return node?.kind === 'file' ? node.visible.sizeBytes : undefined;
    });
  }

  public async directory(name: string, options: { readonly create: boolean }): Promise<StorageDirectory> {
    const call = this.#named('directory', name);
    if (this.#node.visible.get(name) === undefined && options.create) {
      await this.#add(this.#named('createDirectory', name), name, new DirectoryNode());
    }
    return this.#kernel.observe(call, () => {
      const node = this.#node.visible.get(name);
      if (node?.kind !== 'directory') throw storageError(call, node === undefined ? 'ENOENT' : 'ENOTDIR');
      const child = new SimulatedDirectory(this.#kernel, node, call.path);
      this.#children.add(child);
      return child;
    });
  }

  public async create(name: string): Promise<WritableFile> {
    const call = this.#named('create', name);
    if (this.#node.visible.has(name)) throw storageError(call, 'EEXIST');
    const node = new FileNode();
    await this.#add(call, name, node);
    return this.#file(node, call.path);
  }

  public async open(name: string): Promise<WritableFile> {
    const call = this.#named('open', name);
    return this.#kernel.observe(call, () => this.#file(this.#existing(call, name), call.path));
  }

  public async openReader(name: string, options: OpenReaderOptions): Promise<SegmentReader> {
    const call = this.#named('openReader', name);
    return this.#kernel.observe(call, () => {
      const file = { node: this.#existing(call, name), path: call.path };
      const reader = new SimulatedReader(
        this.#kernel,
        file,
        () => options.writtenBytes(),
        (one) => this.#open.delete(one),
      );
      this.#open.add(reader);
      return reader;
    });
  }

  public async rename(source: string, target: string): Promise<void> {
    const call = { ...this.#named('rename', source), target: this.#named('rename', target).path };
    const node = this.#existing(call, source);
    const replaced = this.#node.visible.get(target);
    if (replaced?.kind === 'directory') throw storageError(call, 'EISDIR');
    if (node === replaced) return;
    await this.#kernel.mutate(call, {
      submit: (index) => this.#change(this.#node, index, { kind: 'move', source, target, node }),
    });
  }

  public async remove(name: string): Promise<void> {
    const call = this.#named('remove', name);
    const node = this.#node.visible.get(name);
    if (node === undefined) return;
    await this.#kernel.mutate(call, {
      submit: (index) => {
        for (const [directory, entry] of contentsFirst(node)) {
          this.#change(directory, index, { kind: 'remove', name: entry });
        }
        this.#change(this.#node, index, { kind: 'remove', name });
      },
    });
  }

  public async sync(): Promise<void> {
    const call = this.#whole('syncDirectory');
    const covered = this.#kernel.covered();
    // Names are metadata, which file systems journal: what a failed sync did not write, the next one does.
    await this.#kernel.mutate(call, { complete: () => this.#node.settle(covered) });
  }

  public async lock(name: string): Promise<AsyncDisposable> {
    const call = this.#named('lock', name);
    if (!this.#node.visible.has(name)) await this.#add(call, name, new FileNode());
    return this.#kernel.observe(call, () => {
      const node = this.#existing(call, name);
      const holder = this.#kernel.locks.get(node);
      if (holder !== undefined) {
        const facts = { name, pid: 1, host: 'simulated', sinceMs: holder.sinceMs };
        throw new SeglogError('LOG_LOCKED', 'another writer holds the directory', facts);
      }
      const lock = { node, sinceMs: this.#kernel.clock.nowMs() };
      this.#kernel.locks.set(node, lock);
      this.#locks.add(lock);
      return { [Symbol.asyncDispose]: async () => this.#unlock(lock) };
    });
  }

  public async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const lock of this.#locks) this.#unlock(lock);
    // All are released; a failure to close one is told afterwards.
    const closing = [...this.#children, ...this.#open].map((one) => one.close());
    const failed = (await Promise.allSettled(closing)).find((one) => one.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  #unlock(lock: HeldLock): void {
    if (this.#locks.delete(lock)) this.#kernel.locks.delete(lock.node);
  }

  #file(node: FileNode, path: string): SimulatedFile {
    const file = new SimulatedFile(this.#kernel, node, path, (one) => this.#open.delete(one));
    this.#open.add(file);
    return file;
  }

  #existing(call: DiskCall, name: string): FileNode {
    const node = this.#node.visible.get(name);
    if (node?.kind !== 'file') throw storageError(call, node === undefined ? 'ENOENT' : 'EISDIR');
    return node;
  }

  async #add(call: DiskCall, name: string, node: DiskNode): Promise<void> {
    await this.#kernel.mutate(call, {
      submit: (index) => this.#change(this.#node, index, { kind: 'add', name, node }),
    });
  }

  #change(directory: DirectoryNode, index: number, change: NameChange): void {
    directory.change({ order: this.#kernel.nextOrder(), index, change, settled: false, orphaned: false });
  }

  /** Checks the name and the handle: every method that takes a name starts here. */
  #named<C extends DiskCall['call']>(call: C, name: string): DiskCall & { readonly call: C } {
    requireStorageName(name);
    this.#requireOpen(call);
    return { call, path: this.#path === '' ? name : `${this.#path}/${name}` };
  }

  #whole<C extends DiskCall['call']>(call: C): DiskCall & { readonly call: C } {
    this.#requireOpen(call);
    return { call, path: this.#path };
  }

  #requireOpen(call: DiskCall['call']): void {
    if (!this.#closed) return;
    throw new SeglogError('LOG_CLOSED', 'the directory is closed', { call, name: this.#path });
  }
}

/** Removing a directory is many removals, deepest first: a power cut may leave it half empty. */
function contentsFirst(node: DiskNode): readonly (readonly [DirectoryNode, string])[] {
  const removals: (readonly [DirectoryNode, string])[] = [];
  const waiting: DiskNode[] = [node];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.kind === 'file') continue;
    for (const [name, child] of next.visible) {
      removals.push([next, name]);
      waiting.push(child);
    }
  }
  return removals.toReversed();
}
