/**
 * Chooses the partition of a record that names none. May remember what it chose before, so every producer has one of its
 * own; never called concurrently. Records of one key must keep their partition as long as the number of partitions
 * stays, or their order is lost.
 */
export interface Partitioner {
  /** Stable, for people and for tools. */
  readonly name: string;
  /**
   * A partition in `[0, partitionCount)`. `key` is borrowed. `partitionCount` is at least 1 and never falls; `recordBytes`
   * is the length of key, value and headers together.
   */
  partition(key: Uint8Array | null, partitionCount: number, recordBytes: number): number;
}

export type PartitionerFactory = () => Partitioner;
