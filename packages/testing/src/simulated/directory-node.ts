import type { FileNode } from './file-node.js';
import { type Layers, type Pending, settle } from './pending.js';

export type DiskNode = FileNode | DirectoryNode;
export type Entries = ReadonlyMap<string, DiskNode>;

export type NameChange =
  | { readonly kind: 'add'; readonly name: string; readonly node: DiskNode }
  | { readonly kind: 'remove'; readonly name: string }
  | { readonly kind: 'move'; readonly source: string; readonly target: string; readonly node: DiskNode };

export type DirectoryLayers = Layers<Entries, NameChange>;

/** A directory: the names that the program sees, and those that a power cut would leave. */
export class DirectoryNode {
  public readonly kind = 'directory';
  #visible: Entries;
  #layers: DirectoryLayers;

  public constructor(entries: Entries = new Map()) {
    this.#visible = entries;
    this.#layers = { durable: entries, pending: [] };
  }

  public get visible(): Entries {
    return this.#visible;
  }

  /** An immutable value. */
  public get layers(): DirectoryLayers {
    return this.#layers;
  }

  /** Starts over with what an earlier process has left. */
  public reset(layers: DirectoryLayers): void {
    this.#layers = layers;
    this.#visible = layers.pending.reduce((at, one) => applyNameChange(at, one.change), layers.durable);
  }

  public change(pending: Pending<NameChange>): void {
    this.#visible = applyNameChange(this.#visible, pending.change);
    const { durable, pending: before } = this.#layers;
    this.#layers = { durable, pending: [...before, pending] };
  }

  public settle(covered: (order: number) => boolean): void {
    this.#layers = settle(this.#layers, covered, applyNameChange);
  }
}

/** Each change stands alone: a move that survives brings its file along, even if the file's creation did not. */
export function applyNameChange(entries: Entries, change: NameChange): Entries {
  const after = new Map(entries);
  if (change.kind === 'add') after.set(change.name, change.node);
  else if (change.kind === 'remove') after.delete(change.name);
  else {
    if (after.get(change.source) === change.node) after.delete(change.source);
    after.set(change.target, change.node);
  }
  return after;
}
