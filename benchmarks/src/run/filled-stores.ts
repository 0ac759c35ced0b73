import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Contender } from '../contender/contender.js';
import { fill } from '../contender/fill.js';
import { fillAndKill } from '../workload/reopen.js';

/** Stores that many measurements read: each is made when first asked for, and stays until `remove`. */
export class FilledStores {
  readonly #directory: string;
  readonly #records: number;
  readonly #made = new Map<string, Promise<string>>();

  public constructor(directory: string, records: number) {
    this.#directory = directory;
    this.#records = records;
  }

  /** Directory of a store that was filled, settled and closed. */
  public of(contender: Contender): Promise<string> {
    return this.#make('clean', contender, async (directory) => {
      const store = await fill(contender, directory, this.#records);
      await store.settle();
      await store.close();
    });
  }

  /** Directory of a store whose process was killed after its last append. */
  public killed(contender: Contender): Promise<string> {
    return this.#make('killed', contender, (directory) => fillAndKill(contender, directory, this.#records));
  }

  public async remove(): Promise<void> {
    await Promise.allSettled(this.#made.values());
    await rm(this.#directory, { recursive: true, force: true });
  }

  #make(kind: string, { name }: Contender, make: (directory: string) => Promise<void>): Promise<string> {
    const directory = join(this.#directory, kind, name.replaceAll(' ', '-'));
    const made = this.#made.get(directory) ?? makeIn(directory, make);
    this.#made.set(directory, made);
    return made;
  }
}

async function makeIn(directory: string, make: (directory: string) => Promise<void>): Promise<string> {
  await mkdir(directory, { recursive: true });
  await make(directory);
  return directory;
}
