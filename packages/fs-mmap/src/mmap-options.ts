import { requireKnownOptions, requireSafeInteger } from '@seglog/core';
import type { MapperChoice } from './choose-mapper.js';
import type { MapSettings } from './map-table.js';

export interface MmapDirectoryOptions {
  /** Default `auto`. */
  readonly mapper?: MapperChoice;
  /** Maps below this directory at any time, open and idle. Default 1,024; 0 maps nothing. */
  readonly maxMaps?: number;
  /** Bytes of address space that they take together. Default 64 GiB, 512 MiB in a 32-bit process. */
  readonly maxMappedBytes?: number;
  /**
   * Tell the system that files are read from front to back: it reads further ahead, and gives their pages up earlier
   * when memory is short. Default false.
   */
  readonly sequential?: boolean;
}

/** What a directory maps with, every default filled in. */
export interface MmapSettings extends MapSettings {
  readonly mapper: MapperChoice;
}

const OPTIONS: readonly (keyof MmapDirectoryOptions)[] = [
  'mapper',
  'maxMaps',
  'maxMappedBytes',
  'sequential',
];

/** Fills in the defaults. Throws `RangeError` for bounds that are no safe integers >= 0 and for options that are not there. */
export function mmapSettings(options: MmapDirectoryOptions): MmapSettings {
  requireKnownOptions(options, OPTIONS);
  const { mapper, maxMaps = 1024, sequential = false } = options;
  const { maxMappedBytes = defaultMappedBytes() } = options;
  requireSafeInteger(maxMaps, 'maxMaps');
  requireSafeInteger(maxMappedBytes, 'maxMappedBytes');
  return { mapper: mapper ?? 'auto', maxMaps, maxMappedBytes, sequential };
}

/** 64 GiB, once it has been read through, costs 128 MiB of page tables; a 32-bit process has 2 to 4 GiB in all. */
function defaultMappedBytes(): number {
  const narrow = ['arm', 'ia32', 'mips', 'mipsel', 'ppc', 's390'].includes(process.arch);
  return narrow ? 512 * 2 ** 20 : 64 * 2 ** 30;
}
