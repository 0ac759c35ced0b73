import { SeglogError, type WritableFile } from '@seglog/core';
import type { MapTable } from './map-table.js';

/** The file below, except that it is never cut under a map: a reader of that map would be killed by SIGBUS. */
export class GuardedFile implements WritableFile {
  readonly #file: WritableFile;
  readonly #maps: MapTable;
  readonly #identity: { readonly name: string; readonly key: string };

  public constructor(file: WritableFile, maps: MapTable, identity: { name: string; key: string }) {
    this.#file = file;
    this.#maps = maps;
    this.#identity = identity;
  }

  public get sizeBytes(): number {
    return this.#file.sizeBytes;
  }

  public write(position: number, chunks: readonly Uint8Array[]): Promise<void> | undefined {
    return this.#file.write(position, chunks);
  }

  public async preallocate(sizeBytes: number): Promise<void> {
    return this.#file.preallocate(sizeBytes);
  }

  /** Rejects with `STORAGE`, errno `EBUSY`, and cuts nothing while an open reader maps more than would be left. */
  public async truncate(sizeBytes: number): Promise<void> {
    const { name, key } = this.#identity;
    const endCut = this.#maps.beginCut(key, sizeBytes);
    if (endCut === undefined) {
      const facts = { call: 'ftruncate', name, errno: 'EBUSY', sizeBytes };
      throw new SeglogError('STORAGE', 'a reader maps the part of the file that would be cut', facts);
    }
    try {
      await this.#file.truncate(sizeBytes);
    } finally {
      endCut();
    }
  }

  public async sync(): Promise<void> {
    return this.#file.sync();
  }

  public async close(): Promise<void> {
    return this.#file.close();
  }
}
