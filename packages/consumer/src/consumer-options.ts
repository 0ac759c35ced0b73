import { requireKnownOptions, requireOneOf, requireSafeInteger, type Topic } from '@seglog/core';
import { type Cursors, requireGroup, requirePartition } from './cursors.js';

export interface ConsumerOptions {
  /** Who reads: cursors are kept by this name. */
  readonly group: string;
  /** Default all that there are when a loop begins. */
  readonly partitions?: readonly number[] | undefined;
  /** Where a partition begins that the group has no cursor of, or whose cursor retention has passed. Default `earliest`. */
  readonly from?: 'earliest' | 'latest' | undefined;
  /** Commits at the latest after so many records; also whenever there is nothing to read. Default 100. */
  readonly commitEvery?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The options with every default filled in. */
export interface ConsumerSettings extends ConsumerOptions {
  readonly from: 'earliest' | 'latest';
  readonly commitEvery: number;
}

const OPTIONS: readonly (keyof ConsumerOptions)[] = ['group', 'partitions', 'from', 'commitEvery', 'signal'];

/**
 * Checks everything that a consumer is made of, and fills in the defaults; lists are copied. Throws what the constructor of
 * `Consumer` says.
 */
export function consumerSettings<K, V>(
  topic: Topic<K, V>,
  cursors: Cursors,
  options: ConsumerOptions,
): ConsumerSettings {
  requireMethods(topic, 'topic', ['partition', 'tail', 'offsets'], 'engine.getOrCreateTopic(name)');
  requireMethods(cursors, 'cursors', ['commit', 'committed'], 'Cursors.open(engine)');
  requireKnownOptions(options, OPTIONS);
  const { group, partitions, from = 'earliest', commitEvery = 100, signal } = options;
  requireGroup(group);
  requireOneOf(from, ['earliest', 'latest'], 'from');
  requireSafeInteger(commitEvery, 'commitEvery', { min: 1 });
  if (partitions !== undefined) requirePartitions(partitions, topic);
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw new TypeError('signal must be an AbortSignal, as an AbortController has');
  return { group, partitions: partitions && [...partitions], from, commitEvery, signal };
}

/** Two readers of one partition would show its records twice. */
function requirePartitions(
  partitions: readonly number[],
  { name, partitionCount }: { readonly name: string; readonly partitionCount: number },
): void {
  if (!Array.isArray(partitions)) throw new TypeError('partitions must be a list of numbers');
  for (const partition of partitions) requirePartition(partition, { name, partitions: partitionCount });
  if (new Set(partitions).size < partitions.length)
    throw new RangeError(`partitions must be different ones, not ${partitions.join(', ')}`);
}

/** Guards a part that comes from a promise, which is easily taken for what it resolves with. */
function requireMethods(part: unknown, name: string, methods: readonly string[], source: string): void {
  const found = (part ?? {}) as Readonly<Record<string, unknown>>;
  if (methods.every((method) => typeof found[method] === 'function')) return;
  if (typeof found['then'] === 'function')
    throw new TypeError(`${name} must not be a promise: there is an await missing before ${source}`);
  throw new TypeError(`${name} must be what await ${source} gives`);
}
