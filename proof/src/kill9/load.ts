import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from 'seglog';
import { SeededRandom } from '../random/seeded-random.js';
import { disturbLogs, disturbTopics } from './disturbances.js';
import { type LoadContext, LoadPartition } from './load-partition.js';
import type { PlannedTopic } from './plan.js';
import type { ProducerMemory } from './producer-model.js';
import { readAlong } from './read-along.js';

const PLAIN_PRODUCERS = 6;
const READERS = 2;
const NOBODY: ProducerMemory = { epoch: 0, nextSequence: 0, repeat: [] };

/** Topics that are always there. Small segments, so that rolls and retention happen all the time. */
const TOPICS = [
  { name: 'small', partitions: 3, settings: { maxSegmentBytes: 64 * 1024 } },
  { name: 'tiny', partitions: 1, settings: { maxSegmentBytes: 16 * 1024 } },
  { name: 'large', partitions: 2, settings: { maxSegmentBytes: 2 * 1024 * 1024 } },
];

/** Many who write, some who read, and two who roll, delete, truncate, make and remove topics beside them. */
export class Load {
  readonly engine: Engine;
  readonly context: LoadContext;
  readonly partitions: LoadPartition[] = [];
  readonly random: SeededRandom;
  readonly #idempotent: boolean;
  readonly #onlySynced: boolean;
  readonly #actors: Promise<void>[] = [];
  stopping = false;

  public constructor(
    engine: Engine,
    context: LoadContext,
    options: { readonly idempotent: boolean; readonly onlySynced: boolean },
  ) {
    this.engine = engine;
    this.context = context;
    this.random = new SeededRandom(context.seed, context.cycle);
    this.#idempotent = options.idempotent;
    this.#onlySynced = options.onlySynced;
  }

  /** Opens what is there, makes what is missing, and sets everybody to work. */
  public async start(known: readonly PlannedTopic[]): Promise<void> {
    for (const { name, partitions } of this.engine.topics()) {
      const producers = known.find((topic) => topic.name === name)?.producers ?? [];
      for (let number = 0; number < partitions; number += 1)
        await this.adopt(name, number, producers[number]);
    }
    for (const topic of TOPICS) {
      if (!this.partitions.some((partition) => partition.topic === topic.name)) await this.create(topic);
    }
    const permanent = this.partitions.filter(({ topic }) => TOPICS.some(({ name }) => name === topic));
    for (let nth = 0; nth < PLAIN_PRODUCERS; nth += 1) this.#act(this.#produce(1 + this.random.below(5)));
    if (this.#idempotent) for (const partition of permanent) this.#act(this.#produceOnce(partition));
    for (let nth = 0; nth < READERS; nth += 1) this.#act(readAlong(this));
    this.#act(disturbLogs(this));
    this.#act(disturbTopics(this));
  }

  /** Resolves when everybody has finished what he had begun. */
  public async stop(): Promise<void> {
    this.stopping = true;
    await Promise.all(this.#actors);
  }

  public async create(topic: {
    readonly name: string;
    readonly partitions: number;
    readonly settings: Readonly<Record<string, number>>;
  }): Promise<void> {
    const { name, partitions, settings } = topic;
    const { ledger } = this.context;
    const operation = ledger.intend({ type: 'create', topic: name, partitions });
    await this.engine.createTopic(name, { partitions, settings });
    ledger.settle(operation, { type: 'done' });
    for (let number = 0; number < partitions; number += 1) await this.adopt(name, number, undefined);
  }

  public async adopt(topic: string, partition: number, producer: ProducerMemory | undefined): Promise<void> {
    const log = await this.engine.log(topic, partition);
    this.partitions.push(
      new LoadPartition(this.context, { topic, partition, log, producer: producer ?? NOBODY }),
    );
  }

  /** A partition that can be used now: whoever waits before he uses it may find it reserved. */
  public pick(): LoadPartition | undefined {
    const free = this.partitions.filter((partition) => partition.free);
    return free[this.random.below(free.length)];
  }

  /** What the idempotent producers know of themselves, for the next load on this data. */
  public get memories(): readonly PlannedTopic[] {
    const topics = new Map<string, ProducerMemory[]>();
    for (const { topic, partition, producer } of this.partitions) {
      const producers = topics.get(topic) ?? [];
      producers[partition] = producer;
      topics.set(topic, producers);
    }
    return [...topics].map(([name, producers]) => ({ name, producers }));
  }

  #act(actor: Promise<void>): void {
    this.#actors.push(
      actor.catch((error: unknown) => {
        this.context.ledger.fault(`an actor failed: ${error instanceof Error ? error.stack : String(error)}`);
      }),
    );
  }

  /** Keeps up to `depth` appends in flight, anywhere. */
  async #produce(depth: number): Promise<void> {
    const inFlight = new Set<Promise<unknown>>();
    while (!this.stopping) {
      const partition = this.pick();
      if (partition === undefined) {
        await sleep(1);
        continue;
      }
      const wish = ([undefined, 'written', 'synced'] as const)[this.random.below(3)];
      const acknowledge = this.#onlySynced ? 'synced' : wish;
      const sent = partition.append({ count: this.#batchSize(partition), acknowledge });
      const settled = sent.finally(() => inFlight.delete(settled));
      inFlight.add(settled);
      if (inFlight.size >= depth) await Promise.race(inFlight);
    }
    await Promise.all(inFlight);
  }

  #batchSize({ topic }: LoadPartition): number {
    const kind = this.random.below(100);
    if (kind < 60) return 1;
    if (kind < 90) return 2 + this.random.below(9);
    return topic === 'large' ? 1 + this.random.below(400) : 1 + this.random.below(20);
  }

  /** One idempotent producer: repeats what was under way at the crash, then goes on with up to three batches in flight. */
  async #produceOnce(partition: LoadPartition): Promise<void> {
    const id = `producer of ${partition.topic}-${partition.partition}`;
    let { epoch, nextSequence } = partition.producer;
    const inFlight = new Set<Promise<unknown>>();
    let { cuts } = partition;
    let refusals = 0;
    for (const { cycle, operation, count, sequence } of partition.producer.repeat) {
      while (!partition.free) await sleep(1);
      if (cuts !== partition.cuts) break;
      const stamp = { id, epoch, sequence };
      if ((await partition.append({ count, stamp, again: { cycle, operation } })) !== undefined) continue;
      refusals = 1;
      break;
    }
    while (!this.stopping) {
      if (refusals > 0 || cuts !== partition.cuts) {
        await Promise.all(inFlight);
        [epoch, nextSequence, refusals, cuts] = [epoch + 1, 0, 0, partition.cuts];
      }
      if (!partition.free) {
        await sleep(1);
        continue;
      }
      const count = this.#batchSize(partition);
      const stamp = { id, epoch, sequence: nextSequence };
      nextSequence += count;
      const send = async (): Promise<void> => {
        if ((await partition.append({ count, stamp })) === undefined) refusals += 1;
      };
      const settled = send().finally(() => inFlight.delete(settled));
      inFlight.add(settled);
      if (inFlight.size >= 3) await Promise.race(inFlight);
      if (this.random.below(10) === 0) await sleep(this.random.below(4));
    }
    await Promise.all(inFlight);
    if (refusals > 0 || cuts !== partition.cuts) [epoch, nextSequence] = [epoch + 1, 0];
    partition.producer = { epoch, nextSequence, repeat: [] };
  }
}
