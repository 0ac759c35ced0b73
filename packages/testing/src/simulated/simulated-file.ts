import { requireSafeInteger, SeglogError, type WritableFile } from '@seglog/core';
import { storageError } from './faults.js';
import type { FileChange, FileNode } from './file-node.js';
import type { Kernel } from './kernel.js';
import type { DiskCall } from './trace.js';

/** A sync that failed so has tried to write; one that failed otherwise never began. */
const FORGETTING: ReadonlySet<string> = new Set(['EIO', 'ENOSPC', 'EDQUOT']);

/** Pages are counted one by one, written or not: a file that is larger is a mistake. */
const MAX_FILE_BYTES = 2 ** 33;

/** An open file of a simulated disk. */
export class SimulatedFile implements WritableFile {
  readonly #kernel: Kernel;
  readonly #node: FileNode;
  readonly #path: string;
  readonly #release: (file: SimulatedFile) => void;
  #closed = false;
  #broken = false;

  public constructor(kernel: Kernel, node: FileNode, path: string, release: (file: SimulatedFile) => void) {
    this.#kernel = kernel;
    this.#node = node;
    this.#path = path;
    this.#release = release;
  }

  public get sizeBytes(): number {
    return this.#node.visible.sizeBytes;
  }

  public async write(position: number, chunks: readonly Uint8Array[]): Promise<void> {
    requireSafeInteger(position, 'position');
    const bytes = joined(chunks);
    requireSafeInteger(position + bytes.length, 'end of the write');
    if (bytes.length === 0) return this.#require('write');
    this.#requireRoom('write', position + bytes.length);
    await this.#mutate({ call: 'write', path: this.#path, position, bytes }, (limit) => ({
      kind: 'write',
      position,
      bytes: bytes.subarray(0, limit),
    }));
  }

  public async preallocate(sizeBytes: number): Promise<void> {
    requireSafeInteger(sizeBytes, 'sizeBytes');
    const from = this.sizeBytes;
    if (sizeBytes <= from) return this.#require('preallocate');
    this.#requireRoom('preallocate', sizeBytes);
    const call: DiskCall = { call: 'preallocate', path: this.#path, sizeBytes };
    await this.#mutate(call, (limit) => ({ kind: 'allocate', from, to: Math.min(sizeBytes, from + limit) }));
  }

  public async truncate(sizeBytes: number): Promise<void> {
    requireSafeInteger(sizeBytes, 'sizeBytes');
    this.#requireRoom('truncate', sizeBytes);
    await this.#mutate({ call: 'truncate', path: this.#path, sizeBytes }, () => ({
      kind: 'truncate',
      sizeBytes,
    }));
  }

  public async sync(): Promise<void> {
    this.#require('sync');
    const covered = this.#kernel.covered();
    await this.#kernel.mutate(
      { call: 'sync', path: this.#path },
      {
        complete: () => this.#node.settle(covered),
        fail: (errno) => {
          this.#broken = true;
          if (FORGETTING.has(errno)) this.#node.orphan(covered);
        },
      },
    );
  }

  public async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#release(this);
    await this.#kernel.observe({ call: 'close', path: this.#path }, () => undefined);
  }

  async #mutate(call: DiskCall, change: (limit: number) => FileChange): Promise<void> {
    this.#require(call.call);
    await this.#kernel.mutate(call, {
      submit: (index, limit) =>
        this.#node.change({
          order: this.#kernel.nextOrder(),
          index,
          change: change(limit),
          settled: false,
          orphaned: false,
        }),
    });
  }

  #requireRoom(call: DiskCall['call'], sizeBytes: number): void {
    if (sizeBytes > MAX_FILE_BYTES) throw storageError({ call, path: this.#path, sizeBytes }, 'EFBIG');
  }

  #require(call: DiskCall['call']): void {
    if (this.#closed) throw new SeglogError('LOG_CLOSED', 'the file is closed', { call, name: this.#path });
    if (this.#broken) throw storageError({ call, path: this.#path }, 'EIO');
  }
}

/** A copy: the chunks are only lent, and the disk remembers. */
function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
