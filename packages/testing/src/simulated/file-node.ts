import { FileImage } from './file-image.js';
import { type Layers, orphan, type Pending, settle } from './pending.js';

export type FileChange =
  | { readonly kind: 'write'; readonly position: number; readonly bytes: Uint8Array }
  | { readonly kind: 'truncate'; readonly sizeBytes: number }
  | { readonly kind: 'allocate'; readonly from: number; readonly to: number };

export type FileLayers = Layers<FileImage, FileChange>;

/** An inode: what the program sees of a file, and what of it a power cut would leave. */
export class FileNode {
  public readonly kind = 'file';
  #visible: FileImage;
  #layers: FileLayers;

  public constructor(image: FileImage = FileImage.empty) {
    this.#visible = image;
    this.#layers = { durable: image, pending: [] };
  }

  public get visible(): FileImage {
    return this.#visible;
  }

  /** An immutable value. */
  public get layers(): FileLayers {
    return this.#layers;
  }

  /** Starts over with what an earlier process has left. */
  public reset(layers: FileLayers): void {
    this.#layers = layers;
    this.#visible = layers.pending.reduce((at, one) => applyFileChange(at, one.change), layers.durable);
  }

  public change(pending: Pending<FileChange>): void {
    this.#visible = applyFileChange(this.#visible, pending.change);
    const { durable, pending: before } = this.#layers;
    this.#layers = { durable, pending: [...before, pending] };
  }

  public settle(covered: (order: number) => boolean): void {
    this.#layers = settle(this.#layers, covered, applyFileChange);
  }

  public orphan(covered: (order: number) => boolean): void {
    this.#layers = { ...this.#layers, pending: orphan(this.#layers.pending, covered) };
  }

  /** Drops clean pages from the cache: what a failed sync has forgotten is seen no longer. */
  public evict(): void {
    this.#visible = this.#layers.pending
      .filter((one) => !one.orphaned)
      .reduce((image, one) => applyFileChange(image, one.change), this.#layers.durable);
  }
}

export function applyFileChange(image: FileImage, change: FileChange): FileImage {
  if (change.kind === 'write') return image.write(change.position, change.bytes);
  if (change.kind === 'allocate') return image.zero(change.from, change.to);
  return image.resize(change.sizeBytes);
}
