/** What commands need of an engine of topics and cursors. Values are texts; offsets count from 0 in each partition. */
export interface EngineUnderTest {
  /** Rejects with `TOPIC_EXISTS` when there is one of the name. */
  createTopic(name: string, partitions: number): Promise<void>;
  /** Rejects with `TOPIC_NOT_FOUND` when there is none. */
  deleteTopic(name: string): Promise<void>;
  /** To `total` partitions, which are more than before. */
  addPartitions(name: string, total: number): Promise<void>;
  /** Numbers of partitions by name. */
  topics(): Promise<Readonly<Record<string, number>>>;
  /** One append, durable when it resolves, with the offset of its first value. */
  append(topic: string, partition: number, values: readonly string[]): Promise<number>;
  /** Everything in a partition, in order. */
  read(topic: string, partition: number): Promise<readonly string[]>;
  /** Durable when it resolves. */
  commit(group: string, topic: string, partition: number, offset: number): Promise<void>;
  /** Undefined where the group never committed. */
  committed(group: string, topic: string, partition: number): Promise<number | undefined>;
  /** Another process opens what this one has left: after a clean close, killed, or after a power cut that took all it could. */
  reopen(how: 'close' | 'kill' | 'power cut'): Promise<void>;
}

interface TopicModel {
  readonly partitions: string[][];
  readonly cursors: Map<string, number>;
}

/** An engine that is nothing but maps and arrays: a topic that is deleted takes its records and cursors along. */
export class EngineModel {
  readonly #topics = new Map<string, TopicModel>();
  #values = 0;

  public get names(): readonly string[] {
    return [...this.#topics.keys()];
  }

  public get shape(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#topics].map(([name, { partitions }]) => [name, partitions.length]));
  }

  public create(name: string, partitions: number): void {
    const empty = Array.from({ length: partitions }, (): string[] => []);
    this.#topics.set(name, { partitions: empty, cursors: new Map() });
  }

  public delete(name: string): void {
    this.#topics.delete(name);
  }

  public grow(name: string, total: number): void {
    const { partitions } = this.#topic(name);
    while (partitions.length < total) partitions.push([]);
  }

  /** Values that no other append has. */
  public freshValues(count: number): readonly string[] {
    this.#values += count;
    return Array.from({ length: count }, (_, i) => `value ${this.#values - count + i}`);
  }

  /** Returns the offset of the first one. */
  public append(name: string, partition: number, values: readonly string[]): number {
    const records = this.records(name, partition);
    return records.push(...values) - values.length;
  }

  public records(name: string, partition: number): string[] {
    const records = this.#topic(name).partitions[partition];
    if (records === undefined) throw new RangeError(`the model of ${name} has no partition ${partition}`);
    return records;
  }

  public commit(cursor: CursorPlace, offset: number): void {
    this.#topic(cursor.topic).cursors.set(keyOf(cursor), offset);
  }

  public committed(cursor: CursorPlace): number | undefined {
    return this.#topic(cursor.topic).cursors.get(keyOf(cursor));
  }

  #topic(name: string): TopicModel {
    const topic = this.#topics.get(name);
    if (topic === undefined) throw new RangeError(`the model has no topic ${name}`);
    return topic;
  }
}

/** Whose cursor, and where. */
export interface CursorPlace {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
}

const keyOf = ({ group, partition }: CursorPlace): string => `${group} ${partition}`;
