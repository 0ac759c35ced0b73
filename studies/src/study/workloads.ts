import type { CrashOptions, Oracle, SimulatedDisk } from '@seglog/testing';
import { Room } from '../room/room.js';
import type { KeyValues, OpenStore } from '../stores/store-under-study.js';
import type { SetFact } from './facts.js';

export interface Workload {
  readonly name: string;
  readonly completions: CrashOptions['completions'];
  run(open: OpenStore, disk: SimulatedDisk, oracle: Oracle<SetFact>): Promise<void>;
}

const MAX_TURNS = 10_000;

/** Longer than a sector, so that it can tear. */
const long = (name: string): string => name + '.'.repeat(600);

class Program {
  readonly #store: KeyValues;
  readonly #disk: SimulatedDisk;
  readonly #oracle: Oracle<SetFact>;

  public constructor(store: KeyValues, disk: SimulatedDisk, oracle: Oracle<SetFact>) {
    this.#store = store;
    this.#disk = disk;
    this.#oracle = oracle;
  }

  public async set(key: string, value: string): Promise<void> {
    this.#oracle.note({ phase: 'asked', key, value });
    await this.#store.set(key, value);
    this.#oracle.note({ phase: 'told', key, value });
  }

  /** The second set begins while a call to the disk that the first one makes is in flight. */
  public async overlapping(
    first: readonly [string, string],
    second: readonly [string, string],
  ): Promise<void> {
    const calls = this.#disk.trace.length;
    const one = this.set(...first);
    for (let turn = 0; this.#disk.trace.length === calls; turn += 1) {
      if (turn === MAX_TURNS) throw new Error('the first set makes no call to the disk');
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
    await Promise.all([one, this.set(...second)]);
  }

  public close(): Promise<void> {
    return this.#store.close();
  }
}

/** Small on purpose: every crash of every call can be tried. */
export const WORKLOADS: readonly Workload[] = [
  {
    name: 'one after the other',
    completions: 'immediate',
    async run(open, disk, oracle) {
      const before = new Program(await open(new Room(disk)), disk, oracle);
      await before.set('a', 'a1');
      await before.set('b', long('b1'));
      await before.set('a', 'a2');
      await before.close();
      const after = new Program(await open(new Room(disk)), disk, oracle);
      await after.set('c', 'c1');
      await after.set('b', long('b2'));
      await after.close();
    },
  },
  {
    name: 'overlapping',
    completions: 'seeded',
    async run(open, disk, oracle) {
      const program = new Program(await open(new Room(disk)), disk, oracle);
      await program.set('a', 'a1');
      await program.overlapping(['b', 'b1'], ['c', 'c1']);
      await program.overlapping(['a', 'a2'], ['b', long('b2')]);
      await program.close();
    },
  },
];
