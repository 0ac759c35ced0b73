import { requireKnownOptions, requireSafeInteger } from '@seglog/core';

export interface PreadOptions {
  /** Make the root, and every directory above it that is missing, when something is first created in it. Default true. */
  readonly create?: boolean;
  /**
   * Descriptors kept open over all readers and files of the root, at least 1, default 512. Files that are in use, hold
   * unsynced writes or have been removed keep theirs, and may exceed it.
   */
  readonly maxOpenFiles?: number;
  /**
   * Longest read in bytes that is made on the calling thread, default 262,144; 0 makes every read asynchronous. An
   * awaited read costs 20 to 35 us for the way through a thread of the pool; a direct one blocks the event loop while
   * a cold block comes from the medium.
   */
  readonly syncReadBytes?: number;
  /**
   * Longest write in bytes that is made on the calling thread, default 131,072; 0 makes every write asynchronous. It goes
   * to the caches of the system, in microseconds, unless those are full and the medium has to catch up.
   */
  readonly syncWriteBytes?: number;
  /**
   * Sync files on the calling thread, default false. A lone producer waits a quarter less for each durable append, and the
   * event loop stands still until the medium has answered: for programs that have nothing else to do meanwhile.
   */
  readonly blockingSyncs?: boolean;
  /** Accept a lock that holds within this process only, where the system offers no other. Default false. */
  readonly allowUnlocked?: boolean;
}

export type PreadSettings = Required<PreadOptions>;

const OPTIONS: readonly (keyof PreadOptions)[] = [
  'create',
  'maxOpenFiles',
  'syncReadBytes',
  'syncWriteBytes',
  'blockingSyncs',
  'allowUnlocked',
];

/** Fills in the defaults. Throws `TypeError` or `RangeError` for options that make no sense or are not there. */
export function preadSettings(options: PreadOptions): PreadSettings {
  requireKnownOptions(options, OPTIONS);
  const { create = true, maxOpenFiles = 512, allowUnlocked = false, blockingSyncs = false } = options;
  const { syncReadBytes = 262_144, syncWriteBytes = 131_072 } = options;
  requireSafeInteger(maxOpenFiles, 'maxOpenFiles', { min: 1 });
  requireSafeInteger(syncReadBytes, 'syncReadBytes');
  requireSafeInteger(syncWriteBytes, 'syncWriteBytes');
  for (const [key, value] of Object.entries({ create, allowUnlocked, blockingSyncs })) {
    if (typeof value !== 'boolean') throw new TypeError(`${key} must be true or false, not ${String(value)}`);
  }
  return { create, maxOpenFiles, syncReadBytes, syncWriteBytes, blockingSyncs, allowUnlocked };
}
