import { DISK_WRAPPER } from '@seglog/core/inversify';
import { ContainerModule } from 'inversify';
import { MmapDirectory } from './mmap-directory.js';
import { type MmapDirectoryOptions, mmapSettings } from './mmap-options.js';

/**
 * Sealed segments of the disk below are read from memory maps, where it lends descriptors to map. Throws `RangeError` for bounds
 * out of range and for options that are not there.
 */
export function mmapModule(options: MmapDirectoryOptions = {}): ContainerModule {
  mmapSettings(options);
  return new ContainerModule(({ bind }) => {
    bind(DISK_WRAPPER).toConstantValue((inner) => new MmapDirectory(inner, options));
  });
}
