import type { DirectoryNode, NameChange } from '../simulated/directory-node.js';
import type { FileChange, FileNode } from '../simulated/file-node.js';
import type { Kernel } from '../simulated/kernel.js';
import type { DiskCall } from '../simulated/trace.js';
import type { FsStep } from './fs-step.js';
import type { OpenFile } from './open-files.js';

/** A sync that failed so has tried to write; one that failed otherwise never began. */
const FORGETTING: ReadonlySet<string> = new Set(['EIO', 'ENOSPC', 'EDQUOT']);

const fresh = { settled: false, orphaned: false };

/** A change of the names in a directory, as a system call. */
export function nameStep(
  kernel: Kernel,
  call: DiskCall,
  directory: DirectoryNode,
  change: NameChange,
): FsStep {
  const submit = (index: number): void =>
    directory.change({ order: kernel.nextOrder(), index, change, ...fresh });
  return { call, effect: { submit } };
}

/** A change of a file, as a system call. `change` is given how many bytes of a write arrive. */
export function fileStep(
  kernel: Kernel,
  call: DiskCall,
  node: FileNode,
  change: (limit: number) => FileChange,
): FsStep {
  const submit = (index: number, limit: number): void =>
    node.change({ order: kernel.nextOrder(), index, change: change(limit), ...fresh });
  return { call, effect: { submit } };
}

/** Of a file: its bytes and size. Of a directory: its names. */
export function syncStep(kernel: Kernel, { node, path }: OpenFile): FsStep {
  const covered = kernel.covered();
  if (node.kind === 'directory') {
    return { call: { call: 'syncDirectory', path }, effect: { complete: () => node.settle(covered) } };
  }
  const fail = (errno: string): void => {
    if (FORGETTING.has(errno)) node.orphan(covered);
  };
  return { call: { call: 'sync', path }, effect: { complete: () => node.settle(covered), fail } };
}
