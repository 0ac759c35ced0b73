import { SeglogError } from '../contract/error.js';
import type { Serde } from '../contract/serde.js';
import { requireKnownOptions, requireOneOf, requireSafeInteger } from '../invariant.js';
import type { CleanupOverrides } from './cleanup-settings.js';
import type { PartitionerFactory } from './partitioner.js';
import { CLEANUP_POLICIES } from './topic-catalog-edit.js';
import type { CleanupPolicy, TopicConfig, TopicEntry } from './topic-catalog-state.js';
import { requireCleanup } from './topic-changes.js';
import { requireTopicName } from './topic-name.js';

/** How the records of a topic are read and written. */
export interface SerdeOptions<K, V> {
  /** Default: the serde that the topic was created with, found by its name among the registered ones. */
  readonly key?: Serde<K> | undefined;
  readonly value?: Serde<V> | undefined;
  /** Chooses the partition of records that name none. Default: by the key as Kafka clients do, sticky without a key. */
  readonly partitioner?: PartitionerFactory | undefined;
}

/** What a topic is created with. Serdes default to `string` keys and `json` values. */
export interface TopicOptions<K, V> extends SerdeOptions<K, V> {
  /** 1 or more; default 3. */
  readonly partitions?: number | undefined;
  /** Default `delete`. A topic that compacts refuses records without a key. */
  readonly cleanupPolicy?: CleanupPolicy | undefined;
  /** Numbers of its cleanup that differ from the engine's; `topic.configure` changes them. */
  readonly cleanup?: CleanupOverrides | undefined;
  /** Settings of its logs that differ from the engine's; finite numbers, kept with the topic. */
  readonly settings?: TopicConfig['settings'] | undefined;
}

const DEFAULT_KEY_SERDE = 'string';
const DEFAULT_VALUE_SERDE = 'json';
const MAX_SERDE_NAME_LENGTH = 255;

const OPTIONS: readonly (keyof TopicOptions<unknown, unknown>)[] = [
  'partitions',
  'cleanupPolicy',
  'cleanup',
  'settings',
  'key',
  'value',
  'partitioner',
];

/** Throws what is wrong with a request for a topic, before anything is made. */
export function requireTopicRequest<K, V>(
  name: unknown,
  options: TopicOptions<K, V>,
): asserts name is string {
  requireTopicName(name);
  requireKnownOptions(options, OPTIONS);
  for (const part of ['key', 'value'] as const) requireSerde(options[part], part);
  if (options.partitioner !== undefined && typeof options.partitioner !== 'function') {
    throw new TypeError('a partitioner comes as a function that makes one, as byKey() returns');
  }
}

function requireSerde(serde: unknown, part: string): void {
  if (serde === undefined) return;
  const { name, serialize, deserialize } = (serde ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof name === 'string' && typeof serialize === 'function' && typeof deserialize === 'function')
    return;
  throw new TypeError(`the ${part} serde of a topic is an object, as json() returns`);
}

/** The entry of a new topic. Throws before anything is written. */
export function topicEntry<K, V>(
  options: TopicOptions<K, V>,
  facts: Omit<TopicEntry, 'config' | 'partitions'>,
  limits: { readonly defaultPartitions: number; readonly maxPartitions: number },
): TopicEntry {
  const partitions = options.partitions ?? limits.defaultPartitions;
  requirePartitions(partitions, limits.maxPartitions);
  return { ...facts, partitions, config: topicConfig(options) };
}

export function requirePartitions(partitions: number, maxPartitions: number): void {
  requireSafeInteger(partitions, 'partitions', { min: 1 });
  if (partitions > maxPartitions)
    throw new RangeError(`partitions must be at most ${maxPartitions}, not ${partitions}`);
}

function topicConfig<K, V>(options: TopicOptions<K, V>): TopicConfig {
  const settings = options.settings ?? {};
  for (const [name, value] of Object.entries(settings)) {
    if (typeof value === 'number' && !Number.isFinite(value))
      throw new RangeError(`${name} must be finite, not ${value}`);
  }
  const { cleanupPolicy = 'delete' } = options;
  requireOneOf(cleanupPolicy, CLEANUP_POLICIES, 'cleanupPolicy');
  return {
    cleanupPolicy,
    cleanup: requireCleanup(options.cleanup ?? {}),
    keySerde: serdeName(options.key, DEFAULT_KEY_SERDE),
    valueSerde: serdeName(options.value, DEFAULT_VALUE_SERDE),
    settings: { ...settings },
  };
}

function serdeName(serde: { readonly name: string } | undefined, fallback: string): string {
  const name = serde?.name ?? fallback;
  if (name.length > 0 && name.length <= MAX_SERDE_NAME_LENGTH) return name;
  throw new RangeError(`a serde needs a name of 1 to ${MAX_SERDE_NAME_LENGTH} characters`);
}

/**
 * The serde that a topic's `key` or `value` was created with: the one given, if it has that name, or a registered one.
 * `COMPOSITION` otherwise: bytes are never read with another serde than they were written with.
 */
export function serdeFor<T>(
  wanted: { readonly topic: string; readonly part: 'key' | 'value'; readonly name: string },
  given: Serde<T> | undefined,
  registered: readonly Serde<unknown>[],
): Serde<T> {
  const { topic, part, name } = wanted;
  if (given !== undefined) {
    if (given.name === name) return given;
    const sentence = `the topic was created with another ${part} serde; open it with that one`;
    throw new SeglogError('COMPOSITION', sentence, { topic, created: name, given: given.name });
  }
  const found = registered.find((serde) => serde.name === name);
  if (found !== undefined) return found as Serde<T>;
  const sentence = `the ${part} serde that the topic was created with is not registered; pass it when opening the topic`;
  throw new SeglogError('COMPOSITION', sentence, { topic, serde: name });
}
