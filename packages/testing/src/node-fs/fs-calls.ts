import { DirectoryNode, type DiskNode } from '../simulated/directory-node.js';
import { FileNode } from '../simulated/file-node.js';
import type { Kernel } from '../simulated/kernel.js';
import { fileStep, nameStep, syncStep } from './fs-changes.js';
import { bytesOf, type FsData, numberOr, optionsOf, type WriteOptions, writeArguments } from './fs-data.js';
import { fsError } from './fs-error.js';
import { absolutePath, existingPlace, type FsPath, findPlace } from './fs-place.js';
import { FsStats } from './fs-stats.js';
import type { FsSteps } from './fs-step.js';
import { OpenFiles } from './open-files.js';
import { parseFlags } from './open-flags.js';

type ReadFileOptions = { readonly encoding?: BufferEncoding | null; readonly flag?: string };

/** The functions of `node:fs` that are simulated, each as the system calls that it makes, in Node's order. */
export class FsCalls {
  readonly #kernel: Kernel;
  readonly #files = new OpenFiles();

  public constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  public *open(path: FsPath, flags: string | number = 'r', _mode?: unknown): FsSteps<number> {
    const wanted = parseFlags(flags, absolutePath(path));
    const place = findPlace(this.#kernel.root, path, 'open');
    let { node } = place;
    if (node === undefined) {
      if (!wanted.create) throw fsError('ENOENT', 'open', absolutePath(path));
      node = new FileNode();
      const change = { kind: 'add', name: place.name, node } as const;
      yield nameStep(this.#kernel, { call: 'create', path: place.path }, place.parent, change);
    } else {
      if (wanted.exclusive) throw fsError('EEXIST', 'open', absolutePath(path));
      if (node.kind === 'directory' && wanted.write) throw fsError('EISDIR', 'open', absolutePath(path));
      yield { call: { call: 'open', path: place.path } };
      if (wanted.truncate && node.kind === 'file' && node.visible.sizeBytes > 0) {
        yield this.#resize(node, place.path, 0);
      }
    }
    return this.#files.add({ node, path: place.path, flags: wanted, position: 0 });
  }

  public *close(fd: number): FsSteps<void> {
    yield { call: { call: 'close', path: this.#files.remove(fd).path } };
  }

  public *read(fd: number, buffer: Uint8Array, ...rest: readonly unknown[]): FsSteps<number> {
    const file = this.#files.getFile(fd, 'read', 'read');
    const offset = numberOr(rest[0], 0);
    const length = numberOr(rest[1], buffer.length - offset);
    const position = numberOr(rest[2], undefined);
    const at = position === undefined || position < 0 ? file.position : position;
    yield { call: { call: 'read', path: file.path, position: at, sizeBytes: length } };
    const count = file.node.visible.read(at, buffer.subarray(offset, offset + length));
    if (at === file.position && position === undefined) file.position += count;
    return count;
  }

  public *write(fd: number, data: FsData, ...rest: readonly unknown[]): FsSteps<number> {
    const { bytes, position } = writeArguments(data, rest);
    return yield* this.#writeBytes(fd, bytes, position);
  }

  public *writev(fd: number, buffers: readonly Uint8Array[], position?: number | null): FsSteps<number> {
    return yield* this.#writeBytes(fd, bytesOf(Buffer.concat(buffers)), position ?? undefined);
  }

  public *fsync(fd: number): FsSteps<void> {
    yield syncStep(this.#kernel, this.#files.get(fd, 'fsync'));
  }

  public *fdatasync(fd: number): FsSteps<void> {
    yield* this.fsync(fd);
  }

  public *ftruncate(fd: number, length = 0): FsSteps<void> {
    const { node, path } = this.#files.getFile(fd, 'ftruncate', 'write');
    yield this.#resize(node, path, length);
  }

  public *fstat(fd: number): FsSteps<FsStats> {
    const { node, path } = this.#files.get(fd, 'fstat');
    yield { call: { call: 'sizeOf', path } };
    return new FsStats(node);
  }

  public *stat(path: FsPath): FsSteps<FsStats> {
    const place = existingPlace(this.#kernel.root, path, 'stat');
    yield { call: { call: 'sizeOf', path: place.path } };
    return new FsStats(place.node);
  }

  public *lstat(path: FsPath): FsSteps<FsStats> {
    return yield* this.stat(path);
  }

  public *access(path: FsPath, _mode?: number): FsSteps<void> {
    yield* this.stat(path);
  }

  public *realpath(path: FsPath, _options?: unknown): FsSteps<string> {
    yield* this.stat(path);
    return absolutePath(path);
  }

  /** Modes and owners are not kept. */
  public *chmod(path: FsPath, _mode: number | string): FsSteps<void> {
    yield* this.stat(path);
  }

  public *chown(path: FsPath, _uid: number, _gid: number): FsSteps<void> {
    yield* this.stat(path);
  }

  public *readdir(path: FsPath): FsSteps<string[]> {
    const { node, path: name } = existingPlace(this.#kernel.root, path, 'readdir');
    if (node.kind !== 'directory') throw fsError('ENOTDIR', 'readdir', absolutePath(path));
    yield { call: { call: 'list', path: name } };
    return [...node.visible.keys()].toSorted();
  }

  public *mkdir(path: FsPath, options?: { readonly recursive?: boolean } | number | null): FsSteps<void> {
    const recursive = typeof options === 'object' && options?.recursive === true;
    const names = absolutePath(path).split('/').slice(1);
    for (let depth = recursive ? 1 : names.length; depth <= names.length; depth += 1) {
      const place = findPlace(this.#kernel.root, `/${names.slice(0, depth).join('/')}`, 'mkdir');
      if (place.node !== undefined) {
        if (recursive && place.node.kind === 'directory') continue;
        throw fsError('EEXIST', 'mkdir', absolutePath(path));
      }
      const change = { kind: 'add', name: place.name, node: new DirectoryNode() } as const;
      yield nameStep(this.#kernel, { call: 'createDirectory', path: place.path }, place.parent, change);
    }
  }

  /** Only within one directory. */
  public *rename(source: FsPath, target: FsPath): FsSteps<void> {
    const from = existingPlace(this.#kernel.root, source, 'rename');
    const to = findPlace(this.#kernel.root, target, 'rename');
    if (from.parent !== to.parent) throw fsError('EXDEV', 'rename', absolutePath(target));
    if (from.node === to.node) return;
    const refused = refusedRename(from.node, to.node);
    if (refused !== undefined) throw fsError(refused, 'rename', absolutePath(target));
    const change = { kind: 'move', source: from.name, target: to.name, node: from.node } as const;
    const call = { call: 'rename', path: from.path, target: to.path } as const;
    yield nameStep(this.#kernel, call, from.parent, change);
  }

  public *unlink(path: FsPath): FsSteps<void> {
    const place = existingPlace(this.#kernel.root, path, 'unlink');
    if (place.node.kind === 'directory') throw fsError('EISDIR', 'unlink', absolutePath(path));
    const change = { kind: 'remove', name: place.name } as const;
    yield nameStep(this.#kernel, { call: 'remove', path: place.path }, place.parent, change);
  }

  public *readFile(
    path: FsPath,
    options?: ReadFileOptions | BufferEncoding | null,
  ): FsSteps<string | Buffer> {
    const { encoding } = optionsOf<ReadFileOptions>(options);
    const fd = yield* this.open(path, 'r');
    try {
      const { node, path: name } = this.#files.getFile(fd, 'read', 'read');
      yield { call: { call: 'read', path: name, position: 0, sizeBytes: node.visible.sizeBytes } };
      const bytes = Buffer.from(node.visible.toBytes().buffer);
      return encoding ? bytes.toString(encoding) : bytes;
    } finally {
      yield* this.close(fd);
    }
  }

  public *writeFile(
    path: FsPath,
    data: FsData,
    options?: WriteOptions | BufferEncoding | null,
  ): FsSteps<void> {
    const { encoding, flag, flush }: WriteOptions = optionsOf<WriteOptions>(options);
    const fd = yield* this.open(path, flag ?? 'w');
    try {
      yield* this.#writeBytes(fd, bytesOf(data, encoding ?? 'utf8'), undefined);
      if (flush === true) yield* this.fsync(fd);
    } finally {
      yield* this.close(fd);
    }
  }

  public *appendFile(
    path: FsPath,
    data: FsData,
    options?: WriteOptions | BufferEncoding | null,
  ): FsSteps<void> {
    yield* this.writeFile(path, data, { flag: 'a', ...optionsOf<WriteOptions>(options) });
  }

  *#writeBytes(fd: number, bytes: Uint8Array, position: number | undefined): FsSteps<number> {
    const file = this.#files.getFile(fd, 'write', 'write');
    if (bytes.length === 0) return 0;
    const { sizeBytes } = file.node.visible;
    const at = file.flags.append ? sizeBytes : (position ?? file.position);
    const call = { call: 'write', path: file.path, position: at, bytes } as const;
    yield fileStep(this.#kernel, call, file.node, (limit) => {
      return { kind: 'write', position: at, bytes: bytes.subarray(0, limit) };
    });
    if (position === undefined) file.position = at + bytes.length;
    return bytes.length;
  }

  #resize(node: FileNode, path: string, sizeBytes: number): ReturnType<typeof fileStep> {
    const call = { call: 'truncate', path, sizeBytes } as const;
    return fileStep(this.#kernel, call, node, () => ({ kind: 'truncate', sizeBytes }));
  }
}

/** A file replaces files only, a directory only empty directories. */
function refusedRename(source: DiskNode, target: DiskNode | undefined): string | undefined {
  if (target === undefined) return undefined;
  if (source.kind === 'file') return target.kind === 'directory' ? 'EISDIR' : undefined;
  if (target.kind === 'file') return 'ENOTDIR';
  return target.visible.size > 0 ? 'ENOTEMPTY' : undefined;
}
