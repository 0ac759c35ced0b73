import { SeglogError, type WritableFile } from '@seglog/core';
import { type CallFaults, faultError } from './call-faults.js';

/** A file whose calls fail as its directory's faults say. After a failed sync it refuses every write and sync. */
export class FaultyFile implements WritableFile {
  readonly #file: WritableFile;
  readonly #faults: CallFaults;
  readonly #name: string;
  #unknown = false;

  public constructor(file: WritableFile, faults: CallFaults, name: string) {
    this.#file = file;
    this.#faults = faults;
    this.#name = name;
  }

  public get sizeBytes(): number {
    return this.#file.sizeBytes;
  }

  public async write(position: number, chunks: readonly Uint8Array[]): Promise<void> {
    this.#requireKnown('write');
    const fault = this.#faults.meet('write', this.#name);
    if (fault === undefined) return this.#file.write(position, chunks);
    const arrived = Buffer.concat(chunks).subarray(0, fault.partialBytes ?? 0);
    if (arrived.length > 0) await this.#file.write(position, [arrived]);
    throw faultError(fault, 'write', this.#name);
  }

  public preallocate(sizeBytes: number): Promise<void> {
    return this.#faults.guard('preallocate', this.#name, () => this.#file.preallocate(sizeBytes));
  }

  public truncate(sizeBytes: number): Promise<void> {
    return this.#faults.guard('truncate', this.#name, () => this.#file.truncate(sizeBytes));
  }

  public async sync(): Promise<void> {
    this.#requireKnown('sync');
    const fault = this.#faults.meet('sync', this.#name);
    if (fault === undefined) return this.#file.sync();
    this.#unknown = true;
    throw faultError(fault, 'sync', this.#name);
  }

  /** A file that fails to close is released all the same. */
  public async close(): Promise<void> {
    await this.#file.close();
    const fault = this.#faults.meet('close', this.#name);
    if (fault !== undefined) throw faultError(fault, 'close', this.#name);
  }

  #requireKnown(call: string): void {
    if (!this.#unknown) return;
    const facts = { call, name: this.#name, errno: 'EIO' };
    throw new SeglogError('STORAGE', 'an earlier sync of the file failed', facts);
  }
}
