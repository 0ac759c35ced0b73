import type { Intent, LedgerLine, Outcome } from './ledger.js';
import { PartitionModel } from './partition-model.js';

export interface TopicModel {
  readonly name: string;
  partitions: PartitionModel[];
}

/** What a data root must hold and may hold, by everything that its writers wrote down. */
export class WorldModel {
  public readonly topics: Map<string, TopicModel> = new Map();
  /** Unanswered creations, growths (to how many partitions) and deletions. */
  public readonly creating: Map<string, number> = new Map();
  public readonly growing: Map<string, number> = new Map();
  public readonly dropping: Set<string> = new Set();
  /** Records that were acknowledged in all. */
  public acknowledged = 0;

  /** Takes in what one child wrote down. Returns what must not have happened. */
  public apply(cycle: number, lines: readonly LedgerLine[]): readonly string[] {
    const faults: string[] = [];
    const intents = new Map<number, Intent>();
    for (const line of lines) {
      if ('fault' in line) {
        faults.push(line.fault);
        continue;
      }
      if ('observed' in line) {
        this.partition(line.observed.topic, line.observed.partition).observed(line.observed);
        continue;
      }
      const { operation, event } = line;
      if (event.type === 'done' || event.type === 'refused') {
        const intent = intents.get(operation);
        const fault = intent && this.#settle(operation, intent, event);
        if (fault !== undefined) faults.push(fault);
      } else {
        intents.set(operation, event);
        this.#intend(operation, cycle, event);
      }
    }
    return faults;
  }

  /** A partition that is used exists, also when its making had no answer. */
  public partition(topic: string, partition: number): PartitionModel {
    const made = this.creating.get(topic) ?? this.growing.get(topic) ?? 0;
    if (this.topics.get(topic)?.partitions[partition] === undefined && partition < made) {
      this.hold(topic, made);
      this.creating.delete(topic);
      this.growing.delete(topic);
    }
    const found = this.topics.get(topic)?.partitions[partition];
    if (found === undefined)
      throw new Error(`the ledger speaks of ${topic}/${partition}, which was never made`);
    return found;
  }

  #intend(operation: number, cycle: number, intent: Intent): void {
    switch (intent.type) {
      case 'create':
        this.creating.set(intent.topic, intent.partitions);
        break;
      case 'grow':
        this.growing.set(intent.topic, intent.partitions);
        break;
      case 'drop':
        this.dropping.add(intent.topic);
        break;
      case 'append':
        this.partition(intent.topic, intent.partition).append(operation, cycle, intent);
        break;
      case 'delete':
        this.partition(intent.topic, intent.partition).starts.set(operation, intent.firstKept);
        break;
      case 'truncate':
        this.partition(intent.topic, intent.partition).cut(operation, intent.lastKept);
        break;
    }
  }

  #settle(operation: number, intent: Intent, outcome: Outcome): string | undefined {
    if ('partition' in intent) return this.#settleInPartition(operation, intent, outcome);
    const done = outcome.type === 'done';
    if (intent.type === 'drop') {
      this.dropping.delete(intent.topic);
      if (done) this.topics.delete(intent.topic);
    } else {
      (intent.type === 'create' ? this.creating : this.growing).delete(intent.topic);
      if (done) this.hold(intent.topic, intent.partitions);
    }
    return undefined;
  }

  #settleInPartition(
    operation: number,
    intent: Extract<Intent, { readonly partition: number }>,
    outcome: Outcome,
  ): string | undefined {
    const partition = this.partition(intent.topic, intent.partition);
    if (outcome.type === 'refused') partition.refused(operation);
    else if (intent.type === 'delete') partition.raiseStart(operation);
    else if (intent.type === 'truncate') partition.cutDone(operation);
    else {
      this.acknowledged += intent.count;
      const fault = partition.acknowledged(operation, outcome.baseOffset ?? -1, outcome.duplicate ?? false);
      return fault && `${intent.topic}/${intent.partition}: ${fault}`;
    }
    return undefined;
  }

  /** A topic that exists for certain, with at least that many partitions. */
  public hold(name: string, partitions: number): void {
    const topic = this.topics.get(name) ?? { name, partitions: [] };
    while (topic.partitions.length < partitions) topic.partitions.push(new PartitionModel());
    this.topics.set(name, topic);
  }

  /** After a check everything is certain. */
  public settleTopics(found: ReadonlyMap<string, number>): void {
    for (const name of this.topics.keys()) if (!found.has(name)) this.topics.delete(name);
    for (const [name, partitions] of found) this.hold(name, partitions);
    this.creating.clear();
    this.growing.clear();
    this.dropping.clear();
  }
}
