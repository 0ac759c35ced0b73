import { DirectoryNode, type DiskNode, type NameChange } from './directory-node.js';
import type { DiskSnapshot } from './disk-snapshot.js';
import { changeAfter, type Fate, fatesToText, fileAfter, KEPT, namesAfter } from './fate.js';
import type { FileImage } from './file-image.js';
import { type FileChange, type FileLayers, FileNode } from './file-node.js';
import type { Pending } from './pending.js';
import { combine, hashBytes, hashText } from './state-hash.js';

/** A disk as the next process finds it. */
export interface DiskTree {
  readonly root: DirectoryNode;
  /** Equal for equal trees: names, sizes, bytes, and what of them is still not durable. */
  readonly hash: number;
}

/** Carries out what a crash decided; `fates` are in the order of `snapshot.pending`. */
export function survivingTree(snapshot: DiskSnapshot, fates: readonly Fate[]): DiskTree {
  const tree = new TreeBuilder(snapshot, fates).build();
  momentOf(snapshot).hashes.set(fatesToText(fates), tree.hash);
  return tree;
}

/** What is known of the states of one moment. */
interface Moment {
  readonly snapshot: DiskSnapshot;
  /** What became of a file, by the fates of its own changes: most states of a moment differ in other files. */
  readonly images: Map<FileNode, Map<string, FileImage>>;
  /** Hashes of its trees, by the fates of all changes: what chance draws was often drawn before. */
  readonly hashes: Map<string, number>;
}

/** The moment that was asked for last: a search goes through the states of one after the other. */
let latest: Moment | undefined;

function momentOf(snapshot: DiskSnapshot): Moment {
  if (latest?.snapshot !== snapshot) latest = { snapshot, images: new Map(), hashes: new Map() };
  return latest;
}

/** The hash of the tree that these fates make, if it was made before. */
export function knownHash(snapshot: DiskSnapshot, fates: readonly Fate[]): number | undefined {
  return momentOf(snapshot).hashes.get(fatesToText(fates));
}

const DIRECTORY_MARK = hashText('directory');
/** The call that made a change died with its process. */
const FORMER_LIFE = -1;

class TreeBuilder {
  readonly #snapshot: DiskSnapshot;
  readonly #fates = new Map<number, Fate>();
  readonly #copies = new Map<DiskNode, DiskNode>();
  readonly #images: Moment['images'];
  #waiting: { readonly source: DirectoryNode; readonly path: string; readonly copy: DirectoryNode }[] = [];
  #low = 0;
  #high = 0;

  public constructor(snapshot: DiskSnapshot, fates: readonly Fate[]) {
    this.#snapshot = snapshot;
    this.#images = momentOf(snapshot).images;
    for (let i = 0; i < snapshot.pending.length; i += 1) {
      this.#fates.set(snapshot.pending[i]?.order ?? 0, fates[i] ?? KEPT);
    }
  }

  public build(): DiskTree {
    const root = new DirectoryNode();
    this.#waiting.push({ source: this.#snapshot.root, path: '', copy: root });
    for (let next = this.#waiting.pop(); next !== undefined; next = this.#waiting.pop()) {
      const layers = this.#snapshot.directories.get(next.source) ?? next.source.layers;
      const { path } = next;
      if (this.#volatile(layers.pending)) this.#fillVolatile(next.copy, layers, path);
      else {
        const names = layers.pending.reduce(
          (at, one) => namesAfter(at, one.change, this.#fateOf(one)),
          layers.durable,
        );
        next.copy.reset({ durable: this.#copied(names, path), pending: [] });
      }
    }
    return { root, hash: this.#high * 4_294_967_296 + this.#low };
  }

  #copied(names: ReadonlyMap<string, DiskNode>, path: string): ReadonlyMap<string, DiskNode> {
    const entries = new Map<string, DiskNode>();
    for (const [name, child] of names) {
      const copy = this.#copy(child, `${path}/${name}`);
      entries.set(name, copy);
      this.#count(`${path}/${name}`, copy.kind === 'file' ? copy.visible.hash : DIRECTORY_MARK);
    }
    return entries;
  }

  #fillVolatile(copy: DirectoryNode, layers: DirectoryNode['layers'], path: string): void {
    const durable = this.#copied(layers.durable, `${path}/durable:`);
    const pending = this.#surviving(layers.pending).map((one): Pending<NameChange> => {
      const { change } = one;
      const name = change.kind === 'move' ? change.target : change.name;
      this.#count(`${path}/${name}`, hashText(`${change.kind} ${one.settled}`));
      if (change.kind === 'remove') return one;
      return { ...one, change: { ...change, node: this.#copy(change.node, `${path}/${name}`) } };
    });
    copy.reset({ durable, pending });
    this.#copied(copy.visible, path);
  }

  #copy(node: DiskNode, path: string): DiskNode {
    const known = this.#copies.get(node);
    if (known !== undefined) return known;
    const copy = node.kind === 'file' ? this.#file(node, path) : new DirectoryNode();
    this.#copies.set(node, copy);
    // A copy is its own copy: visible names of a volatile directory are counted after they were copied.
    this.#copies.set(copy, copy);
    if (node.kind === 'directory' && copy.kind === 'directory')
      this.#waiting.push({ source: node, path, copy });
    return copy;
  }

  #file(node: FileNode, path: string): FileNode {
    const { durable, pending } = this.#snapshot.files.get(node) ?? node.layers;
    if (pending.length === 0) return new FileNode(durable);
    if (!this.#volatile(pending)) return new FileNode(this.#image(node, { durable, pending }));
    const copy = new FileNode();
    const surviving = this.#surviving(pending);
    copy.reset({ durable, pending: surviving });
    this.#count(`${path} durable`, durable.hash);
    for (const one of surviving) this.#count(`${path} pending`, hashOfChange(one));
    return copy;
  }

  #image(node: FileNode, { durable, pending }: FileLayers): FileImage {
    const key = fatesToText(pending.map((one) => this.#fateOf(one)));
    const known = this.#images.get(node) ?? new Map<string, FileImage>();
    const found = known.get(key);
    if (found !== undefined) return found;
    const image = pending.reduce((at, one) => fileAfter(at, one.change, this.#fateOf(one)), durable);
    this.#images.set(node, known.set(key, image));
    return image;
  }

  #volatile(pending: readonly Pending<unknown>[]): boolean {
    return pending.some((one) => this.#fateOf(one).kind === 'volatile');
  }

  /** What the next process still finds pending: what survived only in the cache stays there. */
  #surviving<Change extends FileChange | NameChange>(
    pending: readonly Pending<Change>[],
  ): readonly Pending<Change>[] {
    return pending.flatMap((one) => {
      const fate = this.#fateOf(one);
      const change = changeAfter(one.change, fate);
      if (change === undefined) return [];
      return [{ ...one, change, index: FORMER_LIFE, settled: fate.kind !== 'volatile' }];
    });
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

function hashOfChange({ change, order, settled }: Pending<FileChange>): number {
  const bytes = change.kind === 'write' ? hashBytes(change.bytes) : 0;
  const where =
    change.kind === 'write' ? change.position : change.kind === 'truncate' ? change.sizeBytes : change.from;
  return combine(bytes, hashText(`${change.kind} ${where} ${order} ${settled}`));
}
