import {
  type AppendOptions,
  type Log,
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
  expectedOffset: number | undefined;
}

/**
 * Writes records to any number of partitions of any topics as one: durable in all of them and visible in all of them in
 * one step, or in none. Results are by part, in the order of its records.
 */
export async function writeTogether(
  { topics, ahead }: { readonly topics: TopicManager<Log>; readonly ahead: WriteAhead | undefined },
  parts: readonly TopicWrite[],
  options: WriteOptions,
): Promise<readonly (readonly TopicAppendResult[])[]> {
  if (ahead === undefined) {
    const sentence = 'a write to several partitions needs a write-ahead log; add walModule() to the modules';
    throw new SeglogError('COMPOSITION', sentence, { part: 'write-ahead log' });
  }
  const targets = targetsOf(topics, parts);
  const requests = await Promise.all(targets.map((target) => requestFor(topics, target, options)));
  const appended = await ahead.write(requests);
  const results: TopicAppendResult[][] = parts.map(() => []);
  for (const [i, { partition, places }] of targets.entries()) {
    const { baseOffset = 0, durability = 'synced', duplicate = false } = appended[i] ?? {};
    for (const [nth, [part, place]] of places.entries()) {
      const found = results[part];
      if (found !== undefined) found[place] = { partition, offset: baseOffset + nth, durability, duplicate };
    }
  }
  return results;
}

function targetsOf(topics: TopicManager<Log>, parts: readonly TopicWrite[]): readonly Target[] {
  const targets = new Map<string, Target>();
  for (const [number, { topic, partition, records, expectedOffset }] of parts.entries()) {
    const named = records.map((record) => ({ ...record, partition: record.partition ?? partition }));
    const groups = topics.topic<unknown, unknown>(topic).place(named);
    if (expectedOffset !== undefined && groups.length !== 1) {
      throw new RangeError('expectedOffset speaks of one partition, to which all records of its part go');
    }
    for (const { partition: chosen, inputs, places } of groups) {
      const key = `${topic}/${chosen}`;
      const target = targets.get(key) ?? { topic, partition: chosen, inputs: [], places: [], expectedOffset };
      if (targets.has(key) && expectedOffset !== undefined) {
        throw new RangeError('expectedOffset belongs to the first part of a write that goes to a partition');
      }
      target.inputs.push(...inputs);
      target.places.push(...places.map((place) => [number, place] as const));
      targets.set(key, target);
    }
  }
  if (targets.size === 0) throw new SeglogError('INVALID_RECORD', 'a write holds at least one record');
  return [...targets.values()];
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
