import { SeglogError } from '../contract/error.js';
import type { WritableFile } from '../contract/storage-directory.js';
import { requireSafeInteger } from '../invariant.js';
import type { MemoryBytes } from './memory-bytes.js';
import type { OpenScope } from './open-scope.js';

/** A file open for writing. Each call takes effect whole before it returns. */
export class MemoryFile implements WritableFile {
  readonly #name: string;
  readonly #bytes: MemoryBytes;
  readonly #scope: OpenScope;
  #closed = false;

  public constructor(name: string, bytes: MemoryBytes, scope: OpenScope) {
    this.#name = name;
    this.#bytes = bytes;
    this.#scope = scope;
  }

  public get sizeBytes(): number {
    return this.#bytes.size;
  }

  public write(position: number, chunks: readonly Uint8Array[]): Promise<void> | undefined {
    try {
      this.#write(position, chunks);
      return undefined;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  public async preallocate(sizeBytes: number): Promise<void> {
    requireSafeInteger(sizeBytes, 'sizeBytes');
    this.#requireOpen();
    this.#allocating('preallocate', () => this.#bytes.extend(sizeBytes));
  }

  public async truncate(sizeBytes: number): Promise<void> {
    requireSafeInteger(sizeBytes, 'sizeBytes');
    this.#requireOpen();
    this.#allocating('truncate', () => this.#bytes.truncate(sizeBytes));
  }

  public async sync(): Promise<void> {
    this.#requireOpen();
  }

  public async close(): Promise<void> {
    this.#closed = true;
  }

  #write(position: number, chunks: readonly Uint8Array[]): void {
    requireSafeInteger(position, 'position');
    this.#requireOpen();
    const totalBytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    requireSafeInteger(position + totalBytes, 'end of the write');
    let at = position;
    for (const chunk of chunks) {
      this.#allocating('write', () => this.#bytes.write(at, chunk));
      at += chunk.length;
    }
  }

  #requireOpen(): void {
    this.#scope.requireOpen();
    if (this.#closed) throw new SeglogError('LOG_CLOSED', 'the file is closed', { name: this.#name });
  }

  /** Memory that cannot be had is this medium's full disk. */
  #allocating(call: string, work: () => void): void {
    try {
      work();
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      const facts = { call, name: this.#name, errno: 'ENOSPC' };
      throw new SeglogError('STORAGE_FULL', 'no memory left for the file', facts, { cause });
    }
  }
}
