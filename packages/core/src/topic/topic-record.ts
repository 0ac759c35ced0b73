import { SeglogError } from '../contract/error.js';
import type { ReadGap } from '../contract/partition-log.js';
import type { RecordHeader, RecordInput, StoredRecord } from '../contract/record.js';
import type { Serde } from '../contract/serde.js';
import type { Acknowledge } from '../contract/sync-policy.js';

/** A record as it is given to a topic. A missing or null key is no key; a null value deletes its key when compacted. */
export interface TopicRecord<K, V> {
  readonly key?: K | null | undefined;
  readonly value: V | null;
  readonly headers?: readonly RecordHeader[] | undefined;
  /** Milliseconds since 1970. Default: the time of the append. */
  readonly timestampMs?: number | undefined;
  /** Default: the partitioner's choice. */
  readonly partition?: number | undefined;
}

/** A record as it comes back. The caller owns it. */
export interface TypedRecord<K, V> {
  readonly partition: number;
  readonly offset: number;
  readonly timestampMs: number;
  readonly key: K | null;
  readonly value: V | null;
  readonly headers: readonly RecordHeader[];
}

/** Where a record went. */
export interface TopicAppendResult {
  readonly partition: number;
  readonly offset: number;
  /** What the resolved promise stands for. */
  readonly durability: Acknowledge;
  /** True when a producer's stamp showed that the record was there already. */
  readonly duplicate: boolean;
}

/** Records of one partition, typed. */
export interface TopicReadResult<K, V> {
  /** In offset order. */
  readonly records: readonly TypedRecord<K, V>[];
  /** Where to read on. */
  readonly nextOffset: number;
  readonly gaps: readonly ReadGap[];
}

export interface RecordSerdes<K, V> {
  readonly key: Serde<K>;
  readonly value: Serde<V>;
}

export function toBytes<K, V>(
  record: TopicRecord<K, V>,
  serdes: RecordSerdes<K, V>,
  topic: { readonly name: string; readonly needsKeys: boolean },
): RecordInput {
  requireRecord(record);
  const { key = null, value, headers, timestampMs } = record;
  if (key === null && topic.needsKeys) {
    throw new SeglogError('INVALID_RECORD', 'the topic compacts, so every record needs a key', {
      topic: topic.name,
    });
  }
  return {
    key: key === null ? null : serdes.key.serialize(key),
    value: value === null ? null : serdes.value.serialize(value),
    headers,
    timestampMs,
  };
}

function requireRecord(record: unknown): void {
  if (typeof record !== 'object' || record === null)
    throw new TypeError('a record is an object with a value, and a key if it has one');
}

export function fromBytes<K, V>(
  partition: number,
  record: StoredRecord,
  serdes: RecordSerdes<K, V>,
): TypedRecord<K, V> {
  const { offset, timestampMs, key, value, headers } = record;
  return {
    partition,
    offset,
    timestampMs,
    key: key === null ? null : serdes.key.deserialize(key),
    value: value === null ? null : serdes.value.deserialize(value),
    headers,
  };
}
