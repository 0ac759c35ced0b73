import { constants } from 'node:fs';
import { basename, sep } from 'node:path';
import type { FileCalls } from './file-calls.js';
import { FILE_MODE } from './open-flags.js';
import { PooledFile } from './pooled-file.js';
import { errnoOf, refusal, storageFailure } from './storage-failure.js';

/** What opens a file for the first time only. */
const ONLY_NEW = constants.O_CREAT | constants.O_EXCL;
/** How often room is made for one open when the process itself has too many descriptors. */
const MOST_EVICTIONS_PER_OPEN = 16;

/**
 * The descriptors of one data root. Beyond `maxOpenFiles` the ones that were not used lately are closed, and opened again
 * when their file is used. A file that is in use, unsynced or unlinked keeps its descriptor, so the number is exceeded
 * where too many are. Closing and opening again happen within a call, so nothing can come between.
 */
export class DescriptorPool {
  public readonly calls: FileCalls;
  readonly #syncWriteBytes: number;
  #maxOpenFiles: number;
  /** Files with a descriptor that may be closed when nobody uses them, the ones to close first in front. */
  readonly #open = new Set<PooledFile>();
  /** Those that could not be closed when they were looked at, and would be in the way of every look: unsynced or unlinked. */
  readonly #kept = new Set<PooledFile>();
  readonly #byPath = new Map<string, Set<PooledFile>>();
  readonly #waiting: (() => void)[] = [];
  #opening = 0;
  /** Descriptors of the root that stand in no file of this pool, and count against its bound. */
  #aside = 0;

  public constructor(calls: FileCalls, maxOpenFiles: number, syncWriteBytes = 0) {
    this.calls = calls;
    this.#syncWriteBytes = syncWriteBytes;
    this.#maxOpenFiles = maxOpenFiles;
  }

  /** Whether a write of so many bytes is made on the calling thread. */
  public writesHere(bytes: number): boolean {
    return bytes <= this.#syncWriteBytes;
  }

  /** A regular file, open; also its size. Anything else at `path` is refused, links unseen. */
  public async open(path: string, flags: number): Promise<{ file: PooledFile; sizeBytes: number }> {
    this.#makeRoom(1);
    this.#opening += 1;
    try {
      const descriptor = await this.openBare(path, flags);
      return await this.#adopt(path, flags, descriptor);
    } finally {
      this.#opening -= 1;
    }
  }

  /** A descriptor that is the caller's to close. Idle files make room when the process has too many. */
  public async openBare(path: string, flags: number): Promise<number> {
    for (let evictions = 0; ; evictions += 1) {
      try {
        return await this.calls.open(path, flags, FILE_MODE);
      } catch (error) {
        if (!this.#canSpare(error, evictions)) throw error;
      }
    }
  }

  /** The descriptor of `file`, which stays open until `release`. Throws `STORAGE` when it cannot be opened again. */
  public acquire(file: PooledFile): number {
    if (file.descriptor < 0) this.#reopen(file);
    file.recent = true;
    file.uses += 1;
    return file.descriptor;
  }

  /** As `acquire`, but waits for a call of another file to end where all descriptors are in use. */
  public async acquireInTurn(file: PooledFile): Promise<number> {
    file.uses += 1;
    try {
      while (file.descriptor < 0 && !this.#hasRoom()) {
        await new Promise<void>((resolve) => this.#waiting.push(resolve));
      }
      return this.acquire(file);
    } finally {
      file.uses -= 1;
    }
  }

  public release(file: PooledFile): void {
    file.uses -= 1;
    if (file.uses > 0) return;
    if (!file.unsynced && !file.unlinked && this.#kept.delete(file)) this.#open.add(file);
    file.onIdle?.();
    this.#makeRoom(0);
    this.#waiting.shift()?.();
  }

  /** A descriptor that its owner keeps, the lock's, counts like the others; returns the function that gives it back. */
  public setAside(): () => void {
    this.#aside += 1;
    this.#makeRoom(0);
    return () => {
      this.#aside -= 1;
    };
  }

  /** Waits for the calls under way, then closes `file` for ever. Nobody may acquire it any more. */
  public async dispose(file: PooledFile): Promise<void> {
    while (file.uses > 0) {
      await new Promise<void>((resolve) => {
        file.onIdle = resolve;
      });
    }
    this.#forgetPath(file);
    if (!this.#open.delete(file) && !this.#kept.delete(file)) return;
    const { descriptor } = file;
    file.descriptor = -1;
    this.#waiting.shift()?.();
    await this.calls.close(descriptor);
  }

  /** Keeps what is open at `path` or below it open while its name changes; returns the function that lets go. */
  public hold(path: string, options: { readonly tree: boolean }): () => void {
    const held = this.#filesAt(path, options.tree).filter((file) => this.#couldAcquire(file));
    return () => {
      for (const file of held) this.release(file);
    };
  }

  /** The files of `source` are found at `target` from now on. Called while both are held. */
  public moved(source: string, target: string): void {
    for (const file of this.#filesAt(target, false)) file.unlinked = true;
    for (const file of this.#filesAt(source, false)) {
      this.#forgetPath(file);
      file.path = target;
      this.#rememberPath(file);
    }
  }

  async #adopt(
    path: string,
    flags: number,
    descriptor: number,
  ): Promise<{ file: PooledFile; sizeBytes: number }> {
    const stats = await this.#statOrClose(descriptor);
    if (!stats.isFile()) {
      await this.calls.close(descriptor);
      const errno = stats.isDirectory() ? 'EISDIR' : 'EINVAL';
      throw refusal('the name is not a file', { call: 'open', name: basename(path), errno });
    }
    const file = new PooledFile(path, flags & ~ONLY_NEW, { descriptor, device: stats.dev, inode: stats.ino });
    this.#open.add(file);
    this.#rememberPath(file);
    return { file, sizeBytes: Number(stats.size) };
  }

  async #statOrClose(descriptor: number): Promise<ReturnType<FileCalls['fstat']>> {
    try {
      return this.calls.fstat(descriptor);
    } catch (error) {
      await this.calls.close(descriptor);
      throw error;
    }
  }

  /** The same file again, or an error: another one may have taken its name. */
  #reopen(file: PooledFile): void {
    const name = basename(file.path);
    this.#makeRoom(1);
    try {
      const descriptor = this.#openSparing(file);
      const stats = this.calls.fstat(descriptor);
      if (stats.dev !== file.device || stats.ino !== file.inode) {
        this.calls.closeSync(descriptor);
        throw refusal('another file has taken the name', { call: 'open', name, errno: 'ESTALE' });
      }
      file.descriptor = descriptor;
      this.#open.add(file);
    } catch (error) {
      throw storageFailure('open', name, error);
    }
  }

  #openSparing(file: PooledFile): number {
    for (let evictions = 0; ; evictions += 1) {
      try {
        return this.calls.openSync(file.path, file.flags);
      } catch (error) {
        if (!this.#canSpare(error, evictions)) throw error;
      }
    }
  }

  /** The limit of the process is lower than ours: keep below it from now on, for others need descriptors too. */
  #canSpare(error: unknown, evictions: number): boolean {
    const errno = errnoOf(error);
    if (errno !== 'EMFILE' && errno !== 'ENFILE') return false;
    if (evictions === MOST_EVICTIONS_PER_OPEN || this.#evict(1 + (this.#open.size >> 2)) === 0) return false;
    this.#maxOpenFiles = Math.max(1, Math.min(this.#maxOpenFiles, this.#open.size + this.#kept.size));
    return true;
  }

  /** Of files of this pool, those included that are on their way. */
  get #descriptors(): number {
    return this.#open.size + this.#kept.size + this.#opening;
  }

  get #mostFiles(): number {
    return Math.max(1, this.#maxOpenFiles - this.#aside);
  }

  #makeRoom(wanted: number): void {
    const surplus = this.#descriptors + wanted - this.#mostFiles;
    if (surplus > 0) this.#evict(surplus);
  }

  /** Also true where waiting would not help: what nobody is using stays open for another reason. */
  #hasRoom(): boolean {
    this.#makeRoom(1);
    if (this.#descriptors < this.#mostFiles) return true;
    for (const file of this.#open) if (file.uses > 0) return false;
    return true;
  }

  /** Closes up to `wanted` idle files. Two rounds: what was used since the last look gets a second chance. */
  #evict(wanted: number): number {
    let evicted = 0;
    let looks = 2 * this.#open.size;
    for (const file of this.#open) {
      if (evicted === wanted || looks === 0) break;
      looks -= 1;
      this.#open.delete(file);
      if (this.#mayClose(file)) evicted += 1;
      else if (file.unsynced || file.unlinked) this.#kept.add(file);
      else this.#open.add(file);
    }
    return evicted;
  }

  #mayClose(file: PooledFile): boolean {
    if (file.uses > 0 || file.unsynced || file.unlinked) return false;
    if (file.recent) {
      file.recent = false;
      return false;
    }
    file.unlinked = this.calls.fstat(file.descriptor).nlink === 0n;
    if (file.unlinked) return false;
    const { descriptor } = file;
    file.descriptor = -1;
    this.calls.closeSync(descriptor);
    return true;
  }

  /** A file that cannot be opened now says so to its own user, not to the one who changes its name. */
  #couldAcquire(file: PooledFile): boolean {
    try {
      this.acquire(file);
      return true;
    } catch {
      return false;
    }
  }

  #filesAt(path: string, tree: boolean): PooledFile[] {
    const here = [...(this.#byPath.get(path) ?? [])];
    if (!tree) return here;
    for (const [other, files] of this.#byPath) {
      if (other.startsWith(path + sep)) here.push(...files);
    }
    return here;
  }

  #rememberPath(file: PooledFile): void {
    const files = this.#byPath.get(file.path);
    if (files === undefined) this.#byPath.set(file.path, new Set([file]));
    else files.add(file);
  }

  #forgetPath(file: PooledFile): void {
    const files = this.#byPath.get(file.path);
    files?.delete(file);
    if (files?.size === 0) this.#byPath.delete(file.path);
  }
}
