import { SeglogError } from '../contract/error.js';
import type { SegmentReader } from '../contract/segment-reader.js';
import type {
  OpenReaderOptions,
  StorageDirectory,
  StorageEntry,
  WritableFile,
} from '../contract/storage-directory.js';
import { requireStorageName } from '../contract/storage-name.js';
import { MemoryBytes } from './memory-bytes.js';
import { MemoryFile } from './memory-file.js';
import { MemoryReader } from './memory-reader.js';
import { OpenScope } from './open-scope.js';

/**
 * A directory that lives as long as the process: the shortest complete reading of the contract, and a disk for tests and
 * for logs that nobody needs after a restart. What it calls durable is lost with the process. Nobody outside the process
 * can reach it, so a lock that holds within the process excludes everyone.
 */
export class MemoryDirectory implements StorageDirectory {
  public readonly supports: StorageDirectory['supports'] = {
    directorySync: true,
    lock: true,
    atomicRename: true,
  };
  public readonly descriptors = 0;
  #entries = emptyEntries();
  #scope = new OpenScope();

  public async list(): Promise<readonly StorageEntry[]> {
    this.#requireThere('readdir', '.');
    return [...this.#entries.nodes].map(([name, node]) => ({
      name,
      kind: node instanceof MemoryBytes ? 'file' : 'directory',
    }));
  }

  public async sizeOf(name: string): Promise<number | undefined> {
    const node = this.#find(name);
    return node instanceof MemoryBytes ? node.size : undefined;
  }

  public async directory(name: string, options: { readonly create: boolean }): Promise<StorageDirectory> {
    let node = this.#find(name);
    if (node === undefined && options.create) {
      node = emptyEntries();
      this.#put(name, node);
    }
    if (node === undefined) throw refusal('opendir', name, 'ENOENT');
    if (node instanceof MemoryBytes) throw refusal('opendir', name, 'ENOTDIR');
    const child = new MemoryDirectory();
    child.#entries = node;
    child.#scope = new OpenScope(this.#scope);
    return child;
  }

  public async create(name: string): Promise<WritableFile> {
    if (this.#find(name) !== undefined) throw refusal('open', name, 'EEXIST');
    const bytes = new MemoryBytes();
    this.#put(name, bytes);
    return new MemoryFile(name, bytes, this.#scope);
  }

  public async open(name: string): Promise<WritableFile> {
    return new MemoryFile(name, this.#file('open', name), this.#scope);
  }

  public async openReader(name: string, options: OpenReaderOptions): Promise<SegmentReader> {
    return new MemoryReader(this.#file('open', name), options, this.#scope);
  }

  public async rename(source: string, target: string): Promise<void> {
    const bytes = this.#file('rename', source);
    const replaced = this.#find(target);
    if (replaced !== undefined && !(replaced instanceof MemoryBytes)) {
      throw refusal('rename', target, 'EISDIR');
    }
    this.#entries.nodes.delete(source);
    this.#entries.nodes.set(target, bytes);
  }

  public async remove(name: string): Promise<void> {
    const node = this.#find(name);
    if (node === undefined) return;
    this.#entries.nodes.delete(name);
    if (!(node instanceof MemoryBytes)) markRemoved(node);
  }

  public async sync(): Promise<void> {
    this.#requireThere('fsync', '.');
  }

  public async lock(name: string): Promise<AsyncDisposable> {
    if (this.#find(name) === undefined) this.#put(name, new MemoryBytes());
    this.#file('lock', name);
    const { locked } = this.#entries;
    if (locked.has(name)) {
      throw new SeglogError('LOG_LOCKED', 'another writer in this process holds the directory', { name });
    }
    locked.add(name);
    const forget = this.#scope.onClose(release);
    let held = true;
    function release(): void {
      if (held) locked.delete(name);
      held = false;
    }
    return {
      async [Symbol.asyncDispose](): Promise<void> {
        release();
        forget();
      },
    };
  }

  public async close(): Promise<void> {
    this.#scope.close();
  }

  /** All that it holds at this moment, without its locks: what another process would find if this one died now. */
  public copy(): MemoryDirectory {
    const copy = new MemoryDirectory();
    copy.#entries = copied(this.#entries);
    return copy;
  }

  #put(name: string, node: MemoryBytes | Entries): void {
    this.#requireThere('open', name);
    this.#entries.nodes.set(name, node);
  }

  /** A directory that was removed by somebody else takes nothing in. */
  #requireThere(call: string, name: string): void {
    this.#scope.requireOpen();
    if (this.#entries.removed) throw refusal(call, name, 'ENOENT');
  }

  #find(name: string): MemoryBytes | Entries | undefined {
    requireStorageName(name);
    this.#scope.requireOpen();
    return this.#entries.nodes.get(name);
  }

  #file(call: string, name: string): MemoryBytes {
    const node = this.#find(name);
    if (node === undefined) throw refusal(call, name, 'ENOENT');
    if (!(node instanceof MemoryBytes)) throw refusal(call, name, 'EISDIR');
    return node;
  }
}

/** What one directory holds, shared by everyone who has opened it. */
interface Entries {
  readonly nodes: Map<string, MemoryBytes | Entries>;
  readonly locked: Set<string>;
  removed: boolean;
}

function emptyEntries(): Entries {
  return { nodes: new Map(), locked: new Set(), removed: false };
}

function copied(top: Entries): Entries {
  const copy = emptyEntries();
  const pending = [{ from: top, to: copy }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const [name, node] of next.from.nodes) {
      if (node instanceof MemoryBytes) {
        next.to.nodes.set(name, node.copy());
        continue;
      }
      const twin = emptyEntries();
      next.to.nodes.set(name, twin);
      pending.push({ from: node, to: twin });
    }
  }
  return copy;
}

function markRemoved(top: Entries): void {
  const pending = [top];
  for (let entries = pending.pop(); entries !== undefined; entries = pending.pop()) {
    entries.removed = true;
    for (const node of entries.nodes.values()) if (!(node instanceof MemoryBytes)) pending.push(node);
    entries.nodes.clear();
  }
}

const SENTENCES = {
  ENOENT: 'there is no such file or directory',
  EEXIST: 'the name exists',
  EISDIR: 'the name is a directory',
  ENOTDIR: 'the name is not a directory',
} as const;

function refusal(call: string, name: string, errno: keyof typeof SENTENCES): SeglogError {
  return new SeglogError('STORAGE', SENTENCES[errno], { call, name, errno });
}
