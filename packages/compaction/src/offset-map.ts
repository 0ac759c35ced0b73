import type { KeyBatch } from './key-batch.js';

/**
 * Which record of each key is the latest, during one pass. Keys are ranges of the bytes they lie in: nothing is copied that
 * need not be. Bounded: when it is full it says so, and the pass ends there.
 */
export interface OffsetMap {
  /** Distinct keys. */
  readonly size: number;
  /** What it holds in memory now, its tables as they are allocated. */
  readonly memoryBytes: number;
  /** Notes a record; offsets ascend. False when the key is new and there is no room: then nothing was noted. */
  put(source: Uint8Array, position: number, keyBytes: number, offset: number): boolean;
  /** Offset of the latest record with this key; -1 when there is none, or none that is certain to have this very key. */
  latest(source: Uint8Array, position: number, keyBytes: number): number;
  /**
   * These keys will be asked for next: a map may bring what it knows of them into the processor's caches, all at the same time.
   * Changes nothing.
   */
  expect?(keys: KeyBatch): void;
  /**
   * Maps that keep no keys must see every record of the pass once more, before the first `latest`, to tell keys apart whose
   * hashes are equal. Absent where nothing can be mistaken.
   */
  verify?(source: Uint8Array, position: number, keyBytes: number, offset: number): void;
  /** False when older records may be left of keys that it could not tell apart. Absent where nothing can be mistaken. */
  readonly certain?: boolean | undefined;
}

/** Makes a map for one pass. */
export interface OffsetMapFactory {
  readonly name: string;
  /** `maxRecords`: no more will come, so there need be no room for more. */
  create(expected: { readonly maxRecords: number }): OffsetMap;
}
