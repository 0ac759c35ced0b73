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
  /** Where the next audit goes on, by partition: what was seen once never changes. */
  readonly #audited = Array.from({ length: PARTITIONS }, () => 0);
  readonly #transfers = new Set<string>();
  /** Transfers of which one side was seen. */
  readonly #halves = new Set<string>();
  #sum = 0;

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

  /** What a reader sees who looks at all partitions at one moment. One at a time. */
  public async audit(): Promise<Audit> {
    const ends = await this.#accounts.offsets();
    for (const [partition, { highWatermark }] of ends.entries()) {
      for (let from = this.#audited[partition] ?? 0; from < highWatermark; ) {
        const { records, nextOffset } = await this.#accounts.read(partition, from);
        for (const { offset, value } of records) {
          if (offset < highWatermark && value !== null) this.#see(value);
        }
        from = nextOffset;
      }
      this.#audited[partition] = highWatermark;
    }
    return { transfers: this.#transfers, sum: this.#sum, halves: this.#halves.size };
  }

  #see({ change, transfer }: Entry): void {
    this.#sum += change;
    if (this.#transfers.has(transfer)) this.#halves.delete(transfer);
    else this.#halves.add(transfer);
    this.#transfers.add(transfer);
  }

  public async close(): Promise<void> {
    await this.#engine.close();
  }
}
