import { requireSafeInteger } from '@seglog/core';

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
  /** Accept a lock that holds within this process only, where the system offers no other. Default false. */
  readonly allowUnlocked?: boolean;
}

export type PreadSettings = Required<PreadOptions>;

/** Throws `TypeError` or `RangeError` for options that make no sense. */
export function preadSettings(options: PreadOptions): PreadSettings {
  const { create = true, maxOpenFiles = 512, syncReadBytes = 262_144, allowUnlocked = false } = options;
  requireSafeInteger(maxOpenFiles, 'maxOpenFiles', { min: 1 });
  requireSafeInteger(syncReadBytes, 'syncReadBytes');
  for (const [key, value] of Object.entries({ create, allowUnlocked })) {
    if (typeof value !== 'boolean') throw new TypeError(`${key} must be true or false, not ${String(value)}`);
  }
  return { create, maxOpenFiles, syncReadBytes, allowUnlocked };
}
