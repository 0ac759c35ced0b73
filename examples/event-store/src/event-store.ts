import { byKey, json, SeglogError, SystemRandom, string, type Topic } from 'seglog';

/** How the state of one aggregate follows from its events. */
export interface Aggregate<State, Event> {
  readonly initial: State;
  apply(state: State, event: Event): State;
}

/** What one partition has told so far. */
interface Projection<State> {
  readonly states: Map<string, State>;
  nextOffset: number;
  catchingUp: Promise<void>;
}

const MAX_ATTEMPTS = 100;
const keys = string();
const partitioner = byKey({ random: new SystemRandom() })();

/**
 * Aggregates whose state is nothing but their events. A decision is made on the state as of some offset, and appended only
 * if the partition still ends there: `expectedOffset`. If somebody was faster the state is caught up and the decision made
 * again. Streams that share a partition may get in each other's way, which costs a retry and never a wrong decision.
 */
export class EventStore<State, Event> {
  readonly #topic: Topic<string, Event>;
  readonly #aggregate: Aggregate<State, Event>;
  readonly #projections: Projection<State>[];
  #conflicts = 0;

  public constructor(topic: Topic<string, Event>, aggregate: Aggregate<State, Event>) {
    this.#topic = topic;
    this.#aggregate = aggregate;
    this.#projections = Array.from({ length: topic.partitionCount }, () => ({
      states: new Map(),
      nextOffset: 0,
      catchingUp: Promise.resolve(),
    }));
  }

  /** Decisions that had to be made again. */
  public get conflicts(): number {
    return this.#conflicts;
  }

  public async state(id: string): Promise<State> {
    const partition = this.#partitionOf(id);
    await this.#catchUp(partition);
    return this.#stateOf(partition, id);
  }

  /** Appends the events that `decide` answers the current state with, all or none. What it throws is passed on. */
  public async execute(id: string, decide: (state: State) => readonly Event[]): Promise<void> {
    const partition = this.#partitionOf(id);
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      await this.#catchUp(partition);
      const events = decide(this.#stateOf(partition, id));
      if (await this.#appended(partition, id, events)) return;
      this.#conflicts += 1;
    }
    throw new Error(`${id} changes too often`);
  }

  async #appended(partition: number, id: string, events: readonly Event[]): Promise<boolean> {
    const records = events.map((value) => ({ key: id, value, partition }));
    try {
      if (records.length > 0) {
        await this.#topic.append(records, { expectedOffset: this.#projection(partition).nextOffset });
      }
      return true;
    } catch (error) {
      if (!SeglogError.is(error, 'WRONG_EXPECTED_OFFSET')) throw error;
      // The events that came first are seen when they are durable, and not before.
      const log = await this.#topic.partition(partition);
      await log.whenDurable(Number(error.facts['actual']));
      return false;
    }
  }

  /** One scan at a time, so that no event is applied twice. */
  #catchUp(partition: number): Promise<void> {
    const projection = this.#projection(partition);
    const before = projection.catchingUp.catch(() => undefined);
    projection.catchingUp = before.then(() => this.#scan(partition, projection));
    return projection.catchingUp;
  }

  async #scan(partition: number, projection: Projection<State>): Promise<void> {
    const log = await this.#topic.partition(partition);
    const values = json<Event>();
    projection.nextOffset = await log.scan(projection.nextOffset, ({ key, value }) => {
      if (key === null || value === null) return;
      const id = keys.deserialize(key);
      const state = projection.states.get(id) ?? this.#aggregate.initial;
      projection.states.set(id, this.#aggregate.apply(state, values.deserialize(value)));
    });
  }

  #stateOf(partition: number, id: string): State {
    return this.#projection(partition).states.get(id) ?? this.#aggregate.initial;
  }

  #projection(partition: number): Projection<State> {
    const projection = this.#projections[partition];
    if (projection === undefined) throw new RangeError(`there is no partition ${partition}`);
    return projection;
  }

  #partitionOf(id: string): number {
    return partitioner.partition(keys.serialize(id), this.#projections.length, 0);
  }
}
