import { type Engine, groupCommitModule, openEngine, preadModule, type Topic, walModule } from 'seglog';

export const PARTITIONS = 8;
export const ACCOUNTS = 40;

/** One side of a transfer: what it changes in one account. */
export interface Entry {
  readonly account: number;
  readonly change: number;
  readonly transfer: string;
}

export interface Audit {
  /** Transfers of which a side is there. */
  readonly transfers: ReadonlySet<string>;
  /** Over all accounts: 0, as money only moves. */
  readonly sum: number;
  /** Transfers of which one side is missing. */
  readonly halves: number;
}

/** Accounts live in partitions of one topic; a transfer has two sides, in two partitions. */
export class Bank {
  readonly #engine: Engine;
  readonly #accounts: Topic<string, Entry>;

  private constructor(engine: Engine, accounts: Topic<string, Entry>) {
    this.#engine = engine;
    this.#accounts = accounts;
  }

  public static async open(directory: string): Promise<Bank> {
    const engine = await openEngine({
      modules: [
        preadModule(directory),
        groupCommitModule({ maxDelayMs: 1 }),
        walModule({ maxWalBytes: 1024 * 1024, maxSegmentBytes: 128 * 1024 }),
      ],
      settings: { maxSegmentBytes: 256 * 1024 },
    });
    const accounts = await engine.getOrCreateTopic<Entry>('accounts', { partitions: PARTITIONS });
    return new Bank(engine, accounts);
  }

  /** Both sides or neither, for every reader and after every crash. Durable when it resolves. */
  public async transfer(transfer: string, from: number, to: number, amount: number): Promise<void> {
    const tx = this.#engine.transaction();
    for (const [account, change] of [
      [from, -amount],
      [to, amount],
    ] as const) {
      tx.append('accounts', { value: { account, change, transfer } }, { partition: account % PARTITIONS });
    }
    await tx.commit();
  }

  /** What a reader sees who looks at all partitions at one moment. */
  public async audit(): Promise<Audit> {
    const ends = await this.#accounts.offsets();
    const sides = new Map<string, number>();
    let sum = 0;
    for (const [partition, { logStart, highWatermark }] of ends.entries()) {
      for (let from = logStart; from < highWatermark; ) {
        const { records, nextOffset } = await this.#accounts.read(partition, from);
        for (const { offset, value } of records) {
          if (offset >= highWatermark || value === null) continue;
          sum += value.change;
          sides.set(value.transfer, (sides.get(value.transfer) ?? 0) + 1);
        }
        from = nextOffset;
      }
    }
    const halves = [...sides.values()].filter((count) => count !== 2).length;
    return { transfers: new Set(sides.keys()), sum, halves };
  }

  public async close(): Promise<void> {
    await this.#engine.close();
  }
}
