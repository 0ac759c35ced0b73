import { DISK } from '@seglog/core/inversify';
import { ContainerModule } from 'inversify';
import { PreadDirectory } from './pread-directory.js';
import { type PreadOptions, preadSettings } from './pread-options.js';

/**
 * The data root is the directory at `path` of the operating system, made when something is first written. Throws `TypeError` or
 * `RangeError` for options that make no sense or are not there.
 */
export function preadModule(path: string, options: PreadOptions = {}): ContainerModule {
  if (typeof path !== 'string' || path === '')
    throw new TypeError('preadModule takes the path of the data root');
  preadSettings(options);
  return new ContainerModule(({ bind }) => {
    bind(DISK)
      .toResolvedValue(() => new PreadDirectory(path, options))
      .inSingletonScope();
  });
}
