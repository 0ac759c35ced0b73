import type { Checksum } from '../contract/checksum.js';
import type { RandomSource } from '../contract/random-source.js';

export interface JournalOptions {
  /** Journal files are named `<prefix>-<n>`: capital letters. */
  readonly prefix: string;
  readonly checksum: Checksum;
  readonly random: RandomSource;
  /** Most bytes of one append; default 16 MiB. The same limit holds for reading. */
  readonly maxFrameBytes?: number | undefined;
}

export interface OpenJournalOptions extends JournalOptions {
  /** Changes no byte: a torn tail and leftovers are passed over, and appends reject with `READ_ONLY`. */
  readonly readOnly?: boolean | undefined;
}

/** The options with their defaults in place. */
export interface JournalSettings {
  readonly prefix: string;
  readonly checksum: Checksum;
  readonly random: RandomSource;
  readonly maxFrameBytes: number;
}

const DEFAULT_MAX_FRAME_BYTES = 16 * 1024 * 1024;

export function withDefaults(options: JournalOptions): JournalSettings {
  const { prefix, checksum, random, maxFrameBytes } = options;
  return { prefix, checksum, random, maxFrameBytes: maxFrameBytes ?? DEFAULT_MAX_FRAME_BYTES };
}
