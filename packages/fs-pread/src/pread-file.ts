import { requireSafeInteger, SeglogError, type WritableFile } from '@seglog/core';
import type { DescriptorPool } from './descriptor-pool.js';
import type { PooledFile } from './pooled-file.js';
import type { Member, Scope } from './scope.js';
import { named, storageFailure } from './storage-failure.js';
import { isInterruption, writeFully } from './transfer.js';

/** One for all files: nobody writes into it. */
const ZEROS = new Uint8Array(1024 * 1024);

export class PreadFile implements WritableFile, Member {
  readonly #name: string;
  readonly #pool: DescriptorPool;
  readonly #file: PooledFile;
  readonly #scope: Scope;
  #sizeBytes: number;
  #changesStarted = 0;
  #changesUnderWay = 0;
  #syncFailure: unknown;
  #closing: Promise<void> | undefined;

  public constructor(
    name: string,
    pool: DescriptorPool,
    opened: { readonly file: PooledFile; readonly sizeBytes: number },
    scope: Scope,
  ) {
    this.#name = name;
    this.#pool = pool;
    this.#file = opened.file;
    this.#sizeBytes = opened.sizeBytes;
    this.#scope = scope;
    scope.add(this);
  }

  public get sizeBytes(): number {
    return this.#sizeBytes;
  }

  public get descriptors(): number {
    return this.#file.descriptor < 0 ? 0 : 1;
  }

  public write(position: number, chunks: readonly Uint8Array[]): Promise<void> | undefined {
    let bytes: number;
    try {
      bytes = this.#requireWrite(position, chunks);
      if (bytes === 0 || this.#writeAtOnce(position, bytes, chunks)) return undefined;
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#write(position, bytes, chunks);
  }

  public async preallocate(sizeBytes: number): Promise<void> {
    requireSafeInteger(sizeBytes, 'sizeBytes');
    this.#requireUsable();
    const before = this.#sizeBytes;
    if (sizeBytes <= before) return;
    await this.#change('preallocate', async (descriptor) => {
      try {
        await this.#writeZeros(descriptor, sizeBytes);
      } catch (error) {
        await this.#pool.calls.ftruncate(descriptor, before);
        throw error;
      }
    });
  }

  public async truncate(sizeBytes: number): Promise<void> {
    requireSafeInteger(sizeBytes, 'sizeBytes');
    this.#requireUsable();
    await this.#change('ftruncate', async (descriptor) => {
      await this.#pool.calls.ftruncate(descriptor, sizeBytes);
      this.#sizeBytes = sizeBytes;
    });
  }

  /** fdatasync covers the size too: without it the bytes could not be read back. */
  public async sync(): Promise<void> {
    this.#requireUsable();
    const covers = this.#changesUnderWay === 0 ? this.#changesStarted : -1;
    const descriptor = this.#pool.acquire(this.#file);
    try {
      await this.#pool.calls.fdatasync(descriptor);
      if (this.#changesStarted === covers) this.#file.unsynced = false;
    } catch (error) {
      this.#syncFailure = storageFailure('fdatasync', this.#name, error);
      throw this.#syncFailure;
    } finally {
      this.#pool.release(this.#file);
    }
  }

  public close(): Promise<void> {
    this.#closing ??= named('close', this.#name, async () => {
      await this.#pool.dispose(this.#file);
    }).finally(() => this.#scope.delete(this));
    return this.#closing;
  }

  /** How many bytes the chunks are; throws where the file takes none, or not there. */
  #requireWrite(position: number, chunks: readonly Uint8Array[]): number {
    requireSafeInteger(position, 'position');
    let bytes = 0;
    for (const chunk of chunks) bytes += chunk.length;
    requireSafeInteger(position + bytes, 'end of the write');
    this.#requireUsable();
    return bytes;
  }

  /**
   * The way of most writes: one short chunk that the operating system takes whole, at once. False where it took less or was
   * interrupted: the write is to be made again, as one that may take longer.
   */
  #writeAtOnce(position: number, bytes: number, chunks: readonly Uint8Array[]): boolean {
    if (chunks.length !== 1 || !this.#pool.writesHere(bytes)) return false;
    const descriptor = this.#pool.acquire(this.#file);
    this.#file.unsynced = true;
    this.#changesStarted += 1;
    try {
      if (this.#pool.calls.writeSync(descriptor, chunks, position) !== bytes) return false;
      if (position + bytes > this.#sizeBytes) this.#sizeBytes = position + bytes;
      return true;
    } catch (error) {
      if (isInterruption(error)) return false;
      this.#measure(descriptor);
      throw storageFailure('write', this.#name, error);
    } finally {
      this.#pool.release(this.#file);
    }
  }

  #write(position: number, bytes: number, chunks: readonly Uint8Array[]): Promise<void> {
    return this.#change('write', async (descriptor) => {
      await writeFully(this.#pool.calls, descriptor, position, chunks);
      this.#sizeBytes = Math.max(this.#sizeBytes, position + bytes);
    });
  }

  async #change(call: string, work: (descriptor: number) => Promise<void>): Promise<void> {
    const descriptor = this.#pool.acquire(this.#file);
    this.#file.unsynced = true;
    this.#changesStarted += 1;
    this.#changesUnderWay += 1;
    try {
      await work(descriptor);
    } catch (error) {
      this.#measure(descriptor);
      throw storageFailure(call, this.#name, error);
    } finally {
      this.#changesUnderWay -= 1;
      this.#pool.release(this.#file);
    }
  }

  async #writeZeros(descriptor: number, sizeBytes: number): Promise<void> {
    while (this.#sizeBytes < sizeBytes) {
      const count = Math.min(sizeBytes - this.#sizeBytes, ZEROS.length);
      await writeFully(this.#pool.calls, descriptor, this.#sizeBytes, [ZEROS.subarray(0, count)]);
      this.#sizeBytes += count;
    }
  }

  /** A change that failed may have been made in part. */
  #measure(descriptor: number): void {
    try {
      this.#sizeBytes = Number(this.#pool.calls.fstat(descriptor).size);
    } catch {
      // The failure of the change itself is the one to report; the last known size stands.
    }
  }

  #requireUsable(): void {
    this.#scope.requireOpen();
    const name = this.#name;
    if (this.#closing !== undefined) throw new SeglogError('LOG_CLOSED', 'the file is closed', { name });
    if (this.#syncFailure === undefined) return;
    const facts = { call: 'fdatasync', name, errno: 'EIO' };
    throw new SeglogError('STORAGE', 'an earlier sync of the file failed', facts, {
      cause: this.#syncFailure,
    });
  }
}
