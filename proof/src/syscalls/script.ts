import { setTimeout as sleep } from 'node:timers/promises';
import { type Engine, SeglogError } from 'seglog';
import type { Intent } from '../kill9/ledger.js';
import { type LoadContext, LoadPartition } from '../kill9/load-partition.js';

const SETTINGS = { maxSegmentBytes: 8192 };
const NOBODY = { epoch: 0, nextSequence: 0, repeat: [] };

/** A little of everything that an engine does to a disk, one step after the other. Each may fail, and the next one comes. */
export class Script {
  readonly #engine: Engine;
  readonly #context: LoadContext;

  public constructor(engine: Engine, context: LoadContext) {
    this.#engine = engine;
    this.#context = context;
  }

  /** On an empty directory. */
  public async first(): Promise<void> {
    await this.#step({ type: 'create', topic: 'first', partitions: 2 }, () =>
      this.#engine.createTopic('first', { partitions: 2, settings: SETTINGS }),
    );
    await this.#with('first', 0, (partition) => this.#appendAndChange(partition));
    await this.#with('first', 1, (partition) => this.#appendOnce(partition, [0, 3]));
    await this.#step({ type: 'grow', topic: 'first', partitions: 3 }, () =>
      this.#engine.topic('first').addPartitions(3),
    );
    await this.#with('first', 2, (partition) => partition.append({ count: 4 }));
    await this.#step({ type: 'create', topic: 'second', partitions: 1 }, () =>
      this.#engine.createTopic('second', { partitions: 1 }),
    );
    await this.#with('second', 0, (partition) => partition.append({ count: 2, acknowledge: 'written' }));
    await this.#step({ type: 'drop', topic: 'second' }, () => this.#engine.deleteTopic('second'));
    await this.#quietly(() => this.#engine.sync());
    // Long enough for what is done a while later: files that nobody reads are removed, the watermark is noted.
    await sleep(25);
  }

  /** After the engine was closed and opened. */
  public async second(): Promise<void> {
    await this.#with('first', 0, async (partition) => {
      this.#observe(partition);
      await partition.append({ count: 3 });
    });
    await this.#with('first', 1, async (partition) => {
      this.#observe(partition);
      await this.#appendOnce(partition, [3, 5]);
    });
  }

  #observe({ topic, partition, log }: LoadPartition): void {
    const { logStart, logEnd } = log.offsets();
    this.#context.ledger.observe({ topic, partition, logStart, logEnd });
  }

  async #appendAndChange(partition: LoadPartition): Promise<void> {
    await partition.append({ count: 1 });
    await partition.append({ count: 3, acknowledge: 'written' });
    await Promise.all([partition.append({ count: 12 }), partition.append({ count: 2 })]);
    await partition.maintain((log) => log.roll());
    await partition.append({ count: 10, acknowledge: 'synced' });
    await partition.append({ count: 10 });
    await partition.deleteBefore(Math.min(5, partition.log.offsets().highWatermark));
    const { logStart, logEnd } = partition.log.offsets();
    await partition.truncateAfter(Math.max(logStart, logEnd - 4));
    await partition.append({ count: 2 });
  }

  /** Two batches of an idempotent producer, whose sequences are given by where they start and end. */
  async #appendOnce(partition: LoadPartition, [first, end]: readonly [number, number]): Promise<void> {
    for (const sequence of [first, first + 1]) {
      const count = sequence === first ? 1 : end - first - 1;
      await partition.append({ count, stamp: { id: 'one', epoch: 0, sequence } });
    }
  }

  async #with(
    topic: string,
    partition: number,
    use: (partition: LoadPartition) => Promise<unknown>,
  ): Promise<void> {
    await this.#quietly(async () => {
      const log = await this.#engine.log(topic, partition);
      await use(new LoadPartition(this.#context, { topic, partition, log, producer: NOBODY }));
    });
  }

  async #step(intent: Intent, call: () => Promise<unknown>): Promise<void> {
    const { ledger } = this.#context;
    const operation = ledger.intend(intent);
    await this.#quietly(async () => {
      try {
        await call();
        ledger.settle(operation, { type: 'done' });
      } catch (error) {
        ledger.settle(operation, { type: 'refused', code: SeglogError.is(error) ? error.code : 'unknown' });
        throw error;
      }
    });
  }

  /** A failure that has a name is what is being looked for; one that has none is a fault. */
  async #quietly(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!this.#context.isFair(error))
        this.#context.ledger.fault(`an error without a name: ${describe(error)}`);
    }
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
