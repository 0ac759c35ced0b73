import type { DirectoryLayers, DirectoryNode, DiskNode, NameChange } from './directory-node.js';
import type { FileChange, FileLayers, FileNode } from './file-node.js';
import type { Pending } from './pending.js';

/** A change that a crash may take back, as a profile sees it. */
export interface PendingOperation {
  readonly order: number;
  /** The mutating call that made it. */
  readonly index: number;
  readonly kind: FileChange['kind'] | NameChange['kind'];
  /** Numbers the file or directory that it changes. */
  readonly inode: number;
  /** Of a write, else 0. */
  readonly position: number;
  /** Of a write, else 0. */
  readonly bytes: number;
  /** True when the file becomes longer by it. */
  readonly grows: boolean;
  /** True when the call had not come back. */
  readonly inFlight: boolean;
}

/** Everything that decides what a crash at one moment may leave: an immutable value that shares what did not change. */
export interface DiskSnapshot {
  readonly root: DirectoryNode;
  readonly files: ReadonlyMap<FileNode, FileLayers>;
  readonly directories: ReadonlyMap<DirectoryNode, DirectoryLayers>;
  readonly pending: readonly PendingOperation[];
  readonly elapsedMs: number;
}

export function takeSnapshot(
  root: DirectoryNode,
  inFlight: ReadonlySet<number>,
  elapsedMs: number,
): DiskSnapshot {
  const files = new Map<FileNode, FileLayers>();
  const directories = new Map<DirectoryNode, DirectoryLayers>();
  const waiting: DiskNode[] = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.kind === 'file') files.set(node, node.layers);
    else if (!directories.has(node)) {
      directories.set(node, node.layers);
      waiting.push(...node.layers.durable.values());
      for (const { change } of node.layers.pending) if (change.kind !== 'remove') waiting.push(change.node);
    }
  }
  return { root, files, directories, pending: pendingOf(files, directories, inFlight), elapsedMs };
}

function pendingOf(
  files: ReadonlyMap<FileNode, FileLayers>,
  directories: ReadonlyMap<DirectoryNode, DirectoryLayers>,
  inFlight: ReadonlySet<number>,
): readonly PendingOperation[] {
  const operations: PendingOperation[] = [];
  let inode = 0;
  const add = (
    one: Pending<FileChange | NameChange>,
    shape: Pick<PendingOperation, 'position' | 'bytes' | 'grows'>,
  ): void => {
    if (one.settled) return;
    const { order, index, change } = one;
    operations.push({ order, index, kind: change.kind, inode, ...shape, inFlight: inFlight.has(order) });
  };
  for (const { pending } of directories.values()) {
    for (const one of pending) add(one, { position: 0, bytes: 0, grows: false });
    inode += 1;
  }
  for (const { durable, pending } of files.values()) {
    let size = durable.sizeBytes;
    for (const one of pending) {
      add(one, shapeOf(one.change, Math.min(size, durable.sizeBytes)));
      size = endOf(one.change, size);
    }
    inode += 1;
  }
  return operations.toSorted((left, right) => left.order - right.order);
}

/** A write may grow its file because another one that truncates it was not undone. */
function shapeOf(
  change: FileChange,
  sizeBytes: number,
): Pick<PendingOperation, 'position' | 'bytes' | 'grows'> {
  const grows = endOf(change, sizeBytes) > sizeBytes;
  if (change.kind === 'write') return { position: change.position, bytes: change.bytes.length, grows };
  return { position: change.kind === 'allocate' ? change.from : 0, bytes: 0, grows };
}

/** How long a file of `sizeBytes` is after a change. */
function endOf(change: FileChange, sizeBytes: number): number {
  if (change.kind === 'truncate') return change.sizeBytes;
  if (change.kind === 'allocate') return Math.max(sizeBytes, change.to);
  return Math.max(sizeBytes, change.position + change.bytes.length);
}
