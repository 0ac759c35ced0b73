import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fillAndKill } from '../contender/child.js';
import type { Contender } from '../contender/contender.js';
import { fill } from '../contender/fill.js';
import type { Scale, StockName } from './scale.js';

/** Stores that many measurements read: each is made when first asked for, and stays until it is released. */
export class FilledStores {
  readonly #directory: string;
  readonly #stocks: Scale['stocks'];
  readonly #made = new Map<string, Promise<string>>();

  public constructor(directory: string, stocks: Scale['stocks']) {
    this.#directory = directory;
    this.#stocks = stocks;
  }

  /** Directory of a store that was filled, settled and closed. */
  public of(contender: Contender, stock: StockName): Promise<string> {
    return this.#make(join(stock, 'clean', contender.name), async (directory) => {
      const store = await fill(contender, directory, this.#stocks[stock]);
      await store.settle();
      await store.close();
    });
  }

  /** Directory of a store whose process was killed after its last append. */
  public killed(contender: Contender, stock: StockName): Promise<string> {
    return this.#make(join(stock, 'killed', contender.name), (directory) =>
      fillAndKill(contender, directory, this.#stocks[stock]),
    );
  }

  /** Removes every stock that is not among these. */
  public async keepOnly(stocks: readonly StockName[]): Promise<void> {
    await Promise.allSettled(this.#made.values());
    const gone = Object.keys(this.#stocks).filter((name) => !stocks.some((kept) => kept === name));
    for (const name of gone) await rm(join(this.#directory, name), { recursive: true, force: true });
    for (const path of this.#made.keys())
      if (gone.some((name) => path.startsWith(name))) this.#made.delete(path);
  }

  #make(name: string, make: (directory: string) => Promise<unknown>): Promise<string> {
    const path = name.replaceAll(' ', '-');
    const made = this.#made.get(path) ?? makeIn(join(this.#directory, path), make);
    this.#made.set(path, made);
    return made;
  }
}

async function makeIn(directory: string, make: (directory: string) => Promise<unknown>): Promise<string> {
  await mkdir(directory, { recursive: true });
  await make(directory);
  return directory;
}
