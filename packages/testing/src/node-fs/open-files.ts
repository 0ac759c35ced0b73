import type { DiskNode } from '../simulated/directory-node.js';
import type { FileNode } from '../simulated/file-node.js';
import { fsError } from './fs-error.js';
import type { OpenFlags } from './open-flags.js';

/** An open file: it stays the same file when its name is moved or removed. */
export interface OpenFile {
  readonly node: DiskNode;
  readonly path: string;
  readonly flags: OpenFlags;
  position: number;
}

const FIRST = 3;

/** The descriptors of one process. */
export class OpenFiles {
  readonly #files = new Map<number, OpenFile>();

  public add(file: OpenFile): number {
    let fd = FIRST;
    while (this.#files.has(fd)) fd += 1;
    this.#files.set(fd, file);
    return fd;
  }

  public get(fd: number, syscall: string): OpenFile {
    const file = this.#files.get(fd);
    if (file === undefined) throw fsError('EBADF', syscall, String(fd));
    return file;
  }

  /** A file that is open for reading or for writing, as `access` says. */
  public getFile(
    fd: number,
    syscall: string,
    access: 'read' | 'write',
  ): OpenFile & { readonly node: FileNode } {
    const file = this.get(fd, syscall);
    if (!file.flags[access]) throw fsError('EBADF', syscall, `/${file.path}`);
    const { node } = file;
    if (node.kind !== 'file') throw fsError('EISDIR', syscall, `/${file.path}`);
    // The same object: its position moves.
    return Object.assign(file, { node });
  }

  public remove(fd: number): OpenFile {
    const file = this.get(fd, 'close');
    this.#files.delete(fd);
    return file;
  }
}
