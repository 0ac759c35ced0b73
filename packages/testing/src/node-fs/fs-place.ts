import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DirectoryNode, DiskNode } from '../simulated/directory-node.js';
import { fsError } from './fs-error.js';

export type FsPath = string | URL;

/** Where a path leads. */
export interface FsPlace {
  /** As the disk names it: relative to the root. */
  readonly path: string;
  readonly name: string;
  readonly parent: DirectoryNode;
  /** Undefined when there is nothing. */
  readonly node: DiskNode | undefined;
}

/** `/` is the root of the disk and the working directory of every program on it. */
export function absolutePath(path: FsPath): string {
  return posix.resolve('/', typeof path === 'string' ? path : fileURLToPath(path));
}

/** Throws ENOENT or ENOTDIR when a directory on the way is missing. */
export function findPlace(root: DirectoryNode, path: FsPath, syscall: string): FsPlace {
  const absolute = absolutePath(path);
  const names = absolute.split('/').filter((name) => name !== '');
  const name = names.pop();
  if (name === undefined) return { path: '', name: '', parent: root, node: root };
  let parent = root;
  for (const directory of names) {
    const next = parent.visible.get(directory);
    if (next?.kind !== 'directory') {
      throw fsError(next === undefined ? 'ENOENT' : 'ENOTDIR', syscall, absolute);
    }
    parent = next;
  }
  return { path: absolute.slice(1), name, parent, node: parent.visible.get(name) };
}

/** As `findPlace`, and throws ENOENT when nothing is there. */
export function existingPlace(
  root: DirectoryNode,
  path: FsPath,
  syscall: string,
): FsPlace & { readonly node: DiskNode } {
  const place = findPlace(root, path, syscall);
  const { node } = place;
  if (node === undefined) throw fsError('ENOENT', syscall, absolutePath(path));
  return { ...place, node };
}
