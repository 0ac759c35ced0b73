import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import type { DescriptorPool } from './descriptor-pool.js';
import { makeDirectory, syncDirectory } from './directory-calls.js';
import { errnoOf, named, refusal } from './storage-failure.js';

/** Where a directory is, once it is there. */
export interface Place {
  /** Undefined when it is missing and could be made. */
  find(): Promise<string | undefined>;
  /** Makes it if it is missing; its name is durable then. */
  make(): Promise<string>;
}

/**
 * Where a root is, links in the way to it resolved once. A root that is missing is an empty one until something is
 * created in it, so that looking never writes.
 */
export class RootPath implements Place {
  readonly #given: string;
  readonly #mayCreate: boolean;
  readonly #pool: DescriptorPool;
  #found: string | undefined;
  #making: Promise<string> | undefined;

  public constructor(given: string, mayCreate: boolean, pool: DescriptorPool) {
    this.#given = resolve(given);
    this.#mayCreate = mayCreate;
    this.#pool = pool;
  }

  public async find(): Promise<string | undefined> {
    if (this.#found !== undefined) return this.#found;
    try {
      return await named('opendir', basename(this.#given), () => this.#locate());
    } catch (error) {
      const missing = error instanceof Error && errnoOf(error.cause) === 'ENOENT';
      if (missing && this.#mayCreate) return undefined;
      throw error;
    }
  }

  public make(): Promise<string> {
    this.#making ??= named('mkdir', basename(this.#given), async () => {
      if (this.#mayCreate) await this.#create();
      return this.#locate();
    }).catch((error: unknown) => {
      this.#making = undefined;
      throw error;
    });
    return this.#making;
  }

  async #locate(): Promise<string> {
    const path = await realpath(this.#given);
    if (!(await stat(path)).isDirectory()) {
      const facts = { call: 'opendir', name: basename(path), path, errno: 'ENOTDIR' };
      throw refusal('the root is not a directory', facts);
    }
    this.#found = path;
    return path;
  }

  /**
   * Each directory's name is made durable before the next one is made in it. A crash between the two leaves one whose
   * name is not: the lowest that exists, so the next opening syncs that one's too.
   */
  async #create(): Promise<void> {
    const missing = await missingAlong(this.#given);
    const lowest = dirname(missing[0] ?? this.#given);
    await this.#syncIfAllowed(missing.length === 0 ? lowest : dirname(lowest));
    for (const path of missing) {
      await makeDirectory(path);
      await syncDirectory(this.#pool, await realpath(dirname(path)));
    }
  }

  /** The name of a directory that was there before may be in one that is not ours to open: then it was not us who made it. */
  async #syncIfAllowed(path: string): Promise<void> {
    try {
      await syncDirectory(this.#pool, await realpath(path));
    } catch (error) {
      if (!['EACCES', 'EPERM', 'EROFS', 'EINVAL'].includes(errnoOf(error) ?? '')) throw error;
    }
  }
}

/** The directories that are missing on the way to `path`, outermost first. */
async function missingAlong(path: string): Promise<readonly string[]> {
  const missing: string[] = [];
  for (let at = path; !(await exists(at)); at = dirname(at)) missing.unshift(at);
  return missing;
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}
