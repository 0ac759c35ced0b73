import { type OpenReaderOptions, requireSafeInteger, SeglogError, type SegmentReader } from '@seglog/core';
import type { DescriptorPool } from './descriptor-pool.js';
import type { PooledFile } from './pooled-file.js';
import type { Member, Scope } from './scope.js';
import { named, storageFailure } from './storage-failure.js';
import { readFully, readFullySync } from './transfer.js';

export interface PreadReaderSettings extends OpenReaderOptions {
  readonly name: string;
  readonly syncReadBytes: number;
}

export class PreadReader implements SegmentReader, Member {
  readonly #settings: PreadReaderSettings;
  readonly #pool: DescriptorPool;
  readonly #file: PooledFile;
  readonly #scope: Scope;
  #closing: Promise<void> | undefined;

  public constructor(settings: PreadReaderSettings, pool: DescriptorPool, file: PooledFile, scope: Scope) {
    this.#settings = settings;
    this.#pool = pool;
    this.#file = file;
    this.#scope = scope;
    scope.add(this);
  }

  public get descriptors(): number {
    return this.#file.descriptor < 0 ? 0 : 1;
  }

  public read(position: number, scratch: Uint8Array): Uint8Array | Promise<Uint8Array> {
    requireSafeInteger(position, 'position');
    if (this.#closing !== undefined || this.#scope.closed) {
      return Promise.reject(new SeglogError('LOG_CLOSED', 'the reader is closed'));
    }
    const length = Math.min(scratch.length, this.#settings.writtenBytes() - position);
    if (length <= 0) return scratch.subarray(0, 0);
    const target = length === scratch.length ? scratch : scratch.subarray(0, length);
    return length <= this.#settings.syncReadBytes
      ? this.#readNow(position, target)
      : this.#readLater(position, target);
  }

  public close(): Promise<void> {
    this.#closing ??= named('close', this.#settings.name, async () => {
      await this.#pool.dispose(this.#file);
    }).finally(() => this.#scope.delete(this));
    return this.#closing;
  }

  #readNow(position: number, target: Uint8Array): Uint8Array | Promise<Uint8Array> {
    try {
      const descriptor = this.#pool.acquire(this.#file);
      try {
        return filled(target, readFullySync(this.#pool.calls, descriptor, position, target));
      } finally {
        this.#pool.release(this.#file);
      }
    } catch (error) {
      return Promise.reject(storageFailure('read', this.#settings.name, error));
    }
  }

  async #readLater(position: number, target: Uint8Array): Promise<Uint8Array> {
    const descriptor = await this.#pool.acquireInTurn(this.#file);
    try {
      return filled(target, await readFully(this.#pool.calls, descriptor, position, target));
    } catch (error) {
      throw storageFailure('read', this.#settings.name, error);
    } finally {
      this.#pool.release(this.#file);
    }
  }
}

function filled(target: Uint8Array, count: number): Uint8Array {
  return count === target.length ? target : target.subarray(0, count);
}
