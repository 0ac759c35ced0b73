import type { DiskNode } from '../simulated/directory-node.js';

/** What the simulation knows of a file: its kind and size. Owner, mode and times are the same for all. */
export class FsStats {
  public readonly size: number;
  public readonly mode: number;
  public readonly uid = 1000;
  public readonly gid = 1000;
  public readonly mtimeMs = 0;
  readonly #kind: DiskNode['kind'];

  public constructor(node: DiskNode) {
    this.#kind = node.kind;
    this.size = node.kind === 'file' ? node.visible.sizeBytes : 4096;
    this.mode = node.kind === 'file' ? 0o100644 : 0o40755;
  }

  public isFile(): boolean {
    return this.#kind === 'file';
  }

  public isDirectory(): boolean {
    return this.#kind === 'directory';
  }

  public isSymbolicLink(): boolean {
    return false;
  }
}
