import { SeglogError } from '../contract/error.js';
import type { SegmentReader } from '../contract/segment-reader.js';
import type { StorageDirectory } from '../contract/storage-directory.js';

const QUARANTINE = 'quarantine';

export interface QuarantineLimits {
  readonly maxQuarantineBytes: number;
  readonly maxQuarantineFiles: number;
}

/**
 * Where bytes go that are about to be cut and that are not zeros: a bounded number of bounded copies, the oldest go first.
 * A full disk never stops a recovery: then nothing is kept, and the report says so.
 */
export class Quarantine {
  readonly #directory: StorageDirectory;
  readonly #limits: QuarantineLimits;

  public constructor(directory: StorageDirectory, limits: QuarantineLimits) {
    this.#directory = directory;
    this.#limits = limits;
  }

  /** Copies `[position, position + bytes)` as `<file>.<position>`, durably. Returns the names of the copies made: one, or none. */
  public async keep(
    source: SegmentReader,
    { file, position, bytes }: { readonly file: string; readonly position: number; readonly bytes: number },
  ): Promise<readonly string[]> {
    const name = `${file}.${position}`;
    try {
      const { home, target } = await this.#open();
      await this.#makeRoom(target, name);
      await copy(source, target, { name, position, bytes: Math.min(bytes, this.#limits.maxQuarantineBytes) });
      await target.sync();
      await this.#directory.sync();
      return [`${home}/${name}`];
    } catch (cause) {
      if (SeglogError.is(cause, 'STORAGE_FULL')) return [];
      throw cause;
    }
  }

  /** What bears the name and is no directory is not ours: it stays, and the copies go to the next free name. */
  async #open(): Promise<{ readonly home: string; readonly target: StorageDirectory }> {
    const entries = await this.#directory.list();
    const taken = new Set(entries.filter(({ kind }) => kind !== 'directory').map(({ name }) => name));
    let home = QUARANTINE;
    for (let number = 2; taken.has(home); number += 1) home = `${QUARANTINE}-${number}`;
    return { home, target: await this.#directory.directory(home, { create: true }) };
  }

  async #makeRoom(target: StorageDirectory, name: string): Promise<void> {
    const names = (await target.list()).map((entry) => entry.name).toSorted();
    for (const old of names.slice(0, Math.max(0, names.length - this.#limits.maxQuarantineFiles + 1))) {
      await target.remove(old);
    }
    await target.remove(name);
  }
}

async function copy(
  source: SegmentReader,
  target: StorageDirectory,
  { name, position, bytes }: { readonly name: string; readonly position: number; readonly bytes: number },
): Promise<void> {
  const scratch = new Uint8Array(Math.min(bytes, 256 * 1024));
  const file = await target.create(name);
  try {
    for (let done = 0; done < bytes; ) {
      const chunk = await source.read(
        position + done,
        scratch.subarray(0, Math.min(scratch.length, bytes - done)),
      );
      if (chunk.length === 0) break;
      await file.write(done, [chunk]);
      done += chunk.length;
    }
    await file.sync();
  } catch (cause) {
    await target.remove(name).catch(() => undefined);
    throw cause;
  } finally {
    await file.close();
  }
}
