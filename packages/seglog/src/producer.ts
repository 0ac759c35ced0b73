import {
  type AppendOptions,
  type Log,
  requireProducerStamp,
  requireSafeInteger,
  SeglogError,
  type TopicAppendResult,
  type TopicManager,
  type TopicRecord,
} from '@seglog/core';

export interface ProducerOptions {
  /** Goes on with an epoch that an earlier session got, to repeat what it may or may not have written. Default: a new one. */
  readonly epoch?: number | undefined;
}

export interface ProducerAppendOptions
  extends Pick<AppendOptions, 'expectedOffset' | 'acknowledge' | 'signal'> {
  /** Partition of every record that names none. Default: the partitioner's choice for each. */
  readonly partition?: number | undefined;
  /**
   * Number of the first record in its partition's stream of this producer and epoch, from 0. Default: the one after the last
   * append. With a number, all records must go to one partition.
   */
  readonly sequence?: number | undefined;
}

interface Stream {
  /** Number of the next record. */
  next: number;
  underWay: number;
  /** What `next` was before the first append that was refused; later ones cannot be taken either. */
  refusedFrom: number | undefined;
}

/**
 * Appends that may be repeated: each is numbered, and one that is there already resolves with its original offsets, marked as
 * a duplicate. A producer of the same name that is made later has a higher epoch and fences this one off.
 *
 * Appends to one partition are taken in the order of the calls. When one is refused, those behind it that were under way are
 * refused too (`OUT_OF_ORDER_SEQUENCE`), and the next append takes its number: append them again, in order. To repeat what a
 * dead process may have written, note `epoch` and the numbers, and give them to the next one.
 */
export class Producer {
  public readonly name: string;
  /** Names this life of the producer: u32, higher than that of any earlier one of this data root. */
  public readonly epoch: number;
  readonly #topics: TopicManager<Log>;
  readonly #isFenced: () => boolean;
  readonly #streams = new Map<string, Stream>();

  /** @internal Use `engine.producer`. */
  public constructor(
    topics: TopicManager<Log>,
    identity: { readonly name: string; readonly epoch: number; readonly isFenced: () => boolean },
  ) {
    this.name = identity.name;
    this.epoch = identity.epoch;
    this.#topics = topics;
    this.#isFenced = identity.isFenced;
  }

  /** Adds records to a topic. Those that go to one partition are one append there; between partitions nothing is atomic. */
  public async append<K = unknown, V = unknown>(
    topic: string,
    records: readonly TopicRecord<K, V>[],
    options: ProducerAppendOptions = {},
  ): Promise<readonly TopicAppendResult[]> {
    if (this.#isFenced()) {
      throw new SeglogError('PRODUCER_FENCED', 'a newer producer of this name is at work', {
        producer: this.name,
        epoch: this.epoch,
      });
    }
    const { partition: wanted, sequence, ...rest } = options;
    const handle = this.#topics.topic<V, K>(topic);
    const named = records.map((record) => ({ ...record, partition: record.partition ?? wanted }));
    const groups = handle.place(named);
    if (groups.length > 1 && (sequence !== undefined || rest.expectedOffset !== undefined)) {
      throw new RangeError(
        'sequence and expectedOffset speak of one partition, and the records go to several',
      );
    }
    const results: TopicAppendResult[] = [];
    const appends = groups.map(async ({ partition, inputs, places }) => {
      const stream = this.#stream(`${handle.id}/${partition}`);
      const before = stream.next;
      const number = take(stream, inputs.length, sequence);
      try {
        const log = await this.#topics.log(topic, partition);
        const producer = { id: this.name, epoch: this.epoch, sequence: number };
        const { baseOffset, durability, duplicate } = await log.append(inputs, { ...rest, producer });
        for (const [nth, place] of places.entries()) {
          results[place] = { partition, offset: baseOffset + nth, durability, duplicate };
        }
      } catch (cause) {
        stream.refusedFrom = Math.min(stream.refusedFrom ?? before, before);
        throw cause;
      } finally {
        settle(stream);
      }
    });
    const settled = await Promise.allSettled(appends);
    for (const result of settled) if (result.status === 'rejected') throw result.reason;
    return results;
  }

  #stream(key: string): Stream {
    const found = this.#streams.get(key) ?? { next: 0, underWay: 0, refusedFrom: undefined };
    this.#streams.set(key, found);
    return found;
  }
}

function take(stream: Stream, count: number, given: number | undefined): number {
  if (given !== undefined) requireSafeInteger(given, 'sequence');
  const number = given ?? stream.next;
  stream.next = number + count;
  stream.underWay += 1;
  return number;
}

/** When nothing is under way any more, the number of what was refused is free again. */
function settle(stream: Stream): void {
  stream.underWay -= 1;
  if (stream.underWay > 0 || stream.refusedFrom === undefined) return;
  stream.next = stream.refusedFrom;
  stream.refusedFrom = undefined;
}

/** The producers of an engine, by name: of each name the one with the highest epoch may write. */
export class Producers {
  readonly #topics: TopicManager<Log>;
  readonly #newEpoch: () => Promise<number>;
  readonly #latest = new Map<string, number>();

  public constructor(topics: TopicManager<Log>, newEpoch: () => Promise<number>) {
    this.#topics = topics;
    this.#newEpoch = newEpoch;
  }

  public async open(name: string, { epoch: given }: ProducerOptions): Promise<Producer> {
    requireProducerStamp({ id: name, epoch: given ?? 0, sequence: 0 }, 1);
    const epoch = given ?? (await this.#newEpoch());
    const latest = Math.max(epoch, this.#latest.get(name) ?? 0);
    this.#latest.set(name, latest);
    const isFenced = (): boolean => (this.#latest.get(name) ?? 0) > epoch;
    return new Producer(this.#topics, { name, epoch, isFenced });
  }
}
