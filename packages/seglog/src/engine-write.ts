import {
  type AppendOptions,
  type Log,
  type PlacedGroup,
  payloadBytes,
  type RecordInput,
  SeglogError,
  type TopicAppendResult,
  type TopicManager,
  type TopicRecord,
} from '@seglog/core';
import { AheadPartition, type AheadRequest, type WriteAhead } from '@seglog/wal';

/** What one write brings to one topic. */
export interface TopicWrite<K = unknown, V = unknown> {
  /** Name of the topic. */
  readonly topic: string;
  /** Partition of every record that names none. Default: the partitioner's choice for each. */
  readonly partition?: number | undefined;
  readonly records: readonly TopicRecord<K, V>[];
  /** The write happens only if the partition, which the records must have in common, ends exactly here. */
  readonly expectedOffset?: number | undefined;
}

export interface WriteOptions extends Pick<AppendOptions, 'whenFull' | 'signal'> {}

/** Records of all parts of a write that go to one partition. */
interface Target {
  readonly topic: string;
  readonly partition: number;
  readonly inputs: RecordInput[];
  /** Where in the results each record's answer belongs: number of the part, place in it. */
  readonly places: (readonly [number, number])[];
  readonly expectedOffset: number | undefined;
}

interface WriteContext {
  readonly topics: TopicManager<Log>;
  readonly ahead: WriteAhead | undefined;
}

/** A write that is being put together: its records in bytes, by the partitions that they go to. */
export class WriteDraft {
  readonly #context: WriteContext & { readonly ahead: WriteAhead };
  readonly #targets = new Map<string, Target>();
  #parts = 0;
  #bytes = 0;

  /** `COMPOSITION` without a write-ahead log. */
  public constructor({ topics, ahead }: WriteContext) {
    if (ahead === undefined) {
      const sentence =
        'a write to several partitions needs a write-ahead log; add walModule() to the modules';
      throw new SeglogError('COMPOSITION', sentence, { part: 'write-ahead log' });
    }
    this.#context = { topics, ahead };
  }

  /**
   * Adds a part, whole or not at all, and says which partition each of its records goes to. `RECORD_TOO_LARGE` when all
   * parts together are over `maxBytes`.
   */
  public add(
    { topic, partition, records, expectedOffset }: TopicWrite,
    maxBytes: number = Number.POSITIVE_INFINITY,
  ): readonly PlacedGroup[] {
    const named = records.map((record) => ({ ...record, partition: record.partition ?? partition }));
    const groups = this.#context.topics.topic<unknown, unknown>(topic).place(named);
    const keys = groups.map((group) => `${topic}/${group.partition}`);
    if (expectedOffset !== undefined && groups.length !== 1) {
      throw new RangeError('expectedOffset speaks of one partition, to which all records of its part go');
    }
    if (expectedOffset !== undefined && keys.some((key) => this.#targets.has(key))) {
      throw new RangeError('expectedOffset belongs to the first part of a write that goes to a partition');
    }
    const bytes = this.#bytes + bytesOf(groups);
    if (bytes > maxBytes) {
      throw new SeglogError('RECORD_TOO_LARGE', 'the transaction holds too much', { bytes, maxBytes });
    }
    this.#bytes = bytes;
    for (const [i, { partition: chosen, inputs, places }] of groups.entries()) {
      const key = keys[i] ?? '';
      const target = this.#targets.get(key) ?? {
        topic,
        partition: chosen,
        inputs: [],
        places: [],
        expectedOffset,
      };
      for (const input of inputs) target.inputs.push(input);
      for (const place of places) target.places.push([this.#parts, place]);
      this.#targets.set(key, target);
    }
    this.#parts += 1;
    return groups;
  }

  /** Durable and visible in all partitions in one step, or in none. Results are by part, in the order of its records. */
  public async write(options: WriteOptions): Promise<readonly (readonly TopicAppendResult[])[]> {
    const { topics, ahead } = this.#context;
    const targets = [...this.#targets.values()];
    if (targets.length === 0) throw new SeglogError('INVALID_RECORD', 'a write holds at least one record');
    const requests = await Promise.all(targets.map((target) => requestFor(topics, target, options)));
    const appended = await ahead.write(requests);
    const results: TopicAppendResult[][] = Array.from({ length: this.#parts }, () => []);
    for (const [i, { partition, places }] of targets.entries()) {
      const { baseOffset = 0, durability = 'synced', duplicate = false } = appended[i] ?? {};
      for (const [nth, [part, place]] of places.entries()) {
        const found = results[part];
        if (found !== undefined)
          found[place] = { partition, offset: baseOffset + nth, durability, duplicate };
      }
    }
    return results;
  }
}

function bytesOf(groups: readonly PlacedGroup[]): number {
  return groups.flatMap(({ inputs }) => inputs).reduce((sum, input) => sum + payloadBytes(input), 0);
}

/** See `Engine.write`. */
export async function writeTogether(
  context: WriteContext,
  parts: readonly TopicWrite[],
  options: WriteOptions,
): Promise<readonly (readonly TopicAppendResult[])[]> {
  const draft = new WriteDraft(context);
  for (const part of parts) draft.add(part);
  return draft.write(options);
}

async function requestFor(
  topics: TopicManager<Log>,
  { topic, partition, inputs, expectedOffset }: Target,
  options: WriteOptions,
): Promise<AheadRequest> {
  const { ahead } = await topics.log(topic, partition);
  if (!(ahead instanceof AheadPartition)) {
    const sentence = 'the partition serves what damage has left of it, and takes no records';
    throw new SeglogError('READ_ONLY', sentence, { topic, partition });
  }
  return { partition: ahead, records: inputs, options: { ...options, expectedOffset } };
}
