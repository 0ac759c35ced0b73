import { DirectoryNode, type DiskNode } from './directory-node.js';
import type { DiskSnapshot } from './disk-snapshot.js';
import { type Fate, fileAfter, KEPT, namesAfter } from './fate.js';
import { FileNode } from './file-node.js';
import type { Pending } from './pending.js';
import { combine, hashText } from './state-hash.js';

/** A disk as it is found after a crash: everything durable, nothing pending. */
export interface DiskTree {
  readonly root: DirectoryNode;
  /** Equal for equal trees: names, sizes and bytes. */
  readonly hash: number;
}

/** Carries out what a crash decided; `fates` are in the order of `snapshot.pending`. */
export function survivingTree(snapshot: DiskSnapshot, fates: readonly Fate[]): DiskTree {
  return new TreeBuilder(snapshot, fates).build();
}

const DIRECTORY_MARK = hashText('directory');

class TreeBuilder {
  readonly #snapshot: DiskSnapshot;
  readonly #fates = new Map<number, Fate>();
  readonly #copies = new Map<FileNode, FileNode>();
  #low = 0;
  #high = 0;

  public constructor(snapshot: DiskSnapshot, fates: readonly Fate[]) {
    this.#snapshot = snapshot;
    for (const [i, { order }] of snapshot.pending.entries()) this.#fates.set(order, fates[i] ?? KEPT);
  }

  public build(): DiskTree {
    const entries = new Map<string, DiskNode>();
    const waiting = [{ source: this.#snapshot.root, path: '', entries }];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      for (const [name, child] of this.#names(next.source)) {
        const path = `${next.path}/${name}`;
        if (child.kind === 'file') next.entries.set(name, this.#file(child, path));
        else {
          const inner = new Map<string, DiskNode>();
          next.entries.set(name, new DirectoryNode(inner));
          waiting.push({ source: child, path, entries: inner });
          this.#count(path, DIRECTORY_MARK);
        }
      }
    }
    return { root: new DirectoryNode(entries), hash: this.#high * 4_294_967_296 + this.#low };
  }

  #names(node: DirectoryNode): ReadonlyMap<string, DiskNode> {
    const { durable, pending } = this.#snapshot.directories.get(node) ?? node.layers;
    return pending.reduce((names, one) => namesAfter(names, one.change, this.#fateOf(one)), durable);
  }

  #file(node: FileNode, path: string): FileNode {
    let copy = this.#copies.get(node);
    if (copy === undefined) {
      const { durable, pending } = this.#snapshot.files.get(node) ?? node.layers;
      copy = new FileNode(pending.reduce((at, one) => fileAfter(at, one.change, this.#fateOf(one)), durable));
      this.#copies.set(node, copy);
    }
    this.#count(path, copy.visible.hash);
    return copy;
  }

  #fateOf(one: Pending<unknown>): Fate {
    return one.settled ? KEPT : (this.#fates.get(one.order) ?? KEPT);
  }

  /** A sum, so that the order in which names are met does not matter. */
  #count(path: string, hash: number): void {
    const term = combine(hashText(path), hash);
    this.#low = (this.#low + (term >>> 0)) >>> 0;
    this.#high = (this.#high + Math.floor(term / 4_294_967_296)) & 0x1fffff;
  }
}
