import { requireSafeInteger, SeglogError, type SegmentReader } from '@seglog/core';
import type { FileNode } from './file-node.js';
import type { Kernel } from './kernel.js';

/** Reads what the program sees of a file, up to the bytes that its owner calls written. */
export class SimulatedReader implements SegmentReader {
  readonly #kernel: Kernel;
  readonly #file: { readonly node: FileNode; readonly path: string };
  readonly #writtenBytes: () => number;
  readonly #release: (reader: SimulatedReader) => void;
  #closed = false;

  public constructor(
    kernel: Kernel,
    file: { readonly node: FileNode; readonly path: string },
    writtenBytes: () => number,
    release: (reader: SimulatedReader) => void,
  ) {
    this.#kernel = kernel;
    this.#file = file;
    this.#writtenBytes = writtenBytes;
    this.#release = release;
  }

  public read(position: number, scratch: Uint8Array): Uint8Array | Promise<Uint8Array> {
    requireSafeInteger(position, 'position');
    const { node, path } = this.#file;
    if (this.#closed)
      return Promise.reject(new SeglogError('LOG_CLOSED', 'the reader is closed', { name: path }));
    return this.#kernel.peek({ call: 'read', path, position, sizeBytes: scratch.length }, () => {
      const length = Math.min(scratch.length, Math.max(0, this.#writtenBytes() - position));
      return scratch.subarray(0, node.visible.read(position, scratch.subarray(0, length)));
    });
  }

  public async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#release(this);
    await this.#kernel.observe({ call: 'close', path: this.#file.path }, () => undefined);
  }
}
