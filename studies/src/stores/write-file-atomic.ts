import { bundleProgram } from '../room/program.js';
import { openJsonFile } from './json-file.js';
import { packageVersion } from './package-version.js';
import type { StoreUnderStudy } from './store-under-study.js';

export const writeFileAtomic: StoreUnderStudy = {
  name: 'write-file-atomic',
  version: packageVersion('write-file-atomic'),
  used: 'the whole state as JSON, written anew at each set',
  promise:
    '"makes its operation atomic"; `fsync` is an option, on by default. What holds after power loss is not stated.',
  async prepare() {
    const program = await bundleProgram(`export { default } from 'write-file-atomic'`);
    return async (room) => {
      const { default: write } = room.load(program) as {
        readonly default: (path: string, data: string) => Promise<void>;
      };
      return openJsonFile(room.fs, write);
    };
  },
};
