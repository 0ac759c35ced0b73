import { SeglogError } from '../contract/error.js';
import type { RandomSource } from '../contract/random-source.js';
import { requireKnownOptions, requireSafeInteger } from '../invariant.js';
import { murmur2 } from './murmur2.js';
import type { PartitionerFactory } from './partitioner.js';

/** Bytes after which `sticky` moves on: 16 KiB, the batch size of Kafka's clients. */
export const DEFAULT_STICKY_BYTES: number = 16 * 1024;

export interface StickyOptions {
  /** Chance, for the next partition. */
  readonly random: RandomSource;
  /** Bytes of records that a partition gets in a row, at least 1. Default 16 KiB. */
  readonly stickyBytes?: number | undefined;
}

/**
 * The default: a key goes where Kafka's Java client would send it, `(murmur2(key) & 0x7fffffff) % partitionCount`, an
 * empty key too; records without a key go as with {@link sticky}.
 */
export function byKey(options: StickyOptions): PartitionerFactory {
  const makeSticky = sticky(options);
  return () => {
    const withoutKey = makeSticky();
    return {
      name: 'murmur2',
      partition: (key, partitionCount, recordBytes) =>
        key === null
          ? withoutKey.partition(key, partitionCount, recordBytes)
          : (murmur2(key) & 0x7fffffff) % partitionCount,
    };
  };
}

/** Keys do not matter: some bytes in a row go to one partition, so that batches grow large, and then to another one. */
export function sticky(options: StickyOptions): PartitionerFactory {
  requireKnownOptions(options, ['random', 'stickyBytes']);
  const { random, stickyBytes = DEFAULT_STICKY_BYTES } = options;
  requireSafeInteger(stickyBytes, 'stickyBytes', { min: 1 });
  return () => {
    let current = -1;
    let bytes = 0;
    return {
      name: 'sticky',
      partition: (_key, partitionCount, recordBytes) => {
        if (current === -1 || bytes >= stickyBytes) {
          current = anotherPartition(current, partitionCount, random);
          bytes = 0;
        }
        bytes += recordBytes;
        return current;
      },
    };
  };
}

/** Keys do not matter: one record after the other, from partition 0 on. */
export function roundRobin(): PartitionerFactory {
  return () => {
    let next = 0;
    return {
      name: 'round-robin',
      partition: (_key, partitionCount) => {
        const partition = next % partitionCount;
        next = partition + 1;
        return partition;
      },
    };
  };
}

/** Chooses nothing: a record that does not name its partition is refused with `INVALID_RECORD`. */
export function explicit(): PartitionerFactory {
  return () => ({
    name: 'explicit',
    partition: (_key, partitionCount) => {
      const sentence = 'the record names no partition, and this producer chooses none; set its partition';
      throw new SeglogError('INVALID_RECORD', sentence, { partitions: partitionCount });
    },
  });
}

/** Any partition but the current one, if there is another. */
function anotherPartition(current: number, partitionCount: number, random: RandomSource): number {
  if (partitionCount === 1) return 0;
  if (current === -1) return randomBelow(partitionCount, random);
  const step = 1 + randomBelow(partitionCount - 1, random);
  return (current + step) % partitionCount;
}

function randomBelow(limit: number, random: RandomSource): number {
  const [a = 0, b = 0, c = 0, d = 0] = random.bytes(4);
  return (a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d) % limit;
}
