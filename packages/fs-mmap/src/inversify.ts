import { DISK_WRAPPER } from '@seglog/core/inversify';
import { ContainerModule } from 'inversify';
import { MmapDirectory, type MmapDirectoryOptions } from './mmap-directory.js';

/** Sealed segments of the disk below are read from memory maps, where it lends descriptors to map. */
export function mmapModule(options: MmapDirectoryOptions = {}): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(DISK_WRAPPER).toConstantValue((inner) => new MmapDirectory(inner, options));
  });
}
