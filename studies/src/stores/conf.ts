import type Conf from 'conf';
import { bundleProgram } from '../room/program.js';
import { packageVersion } from './package-version.js';
import type { StoreUnderStudy } from './store-under-study.js';

export const conf: StoreUnderStudy = {
  name: 'conf with atomically',
  version: `${packageVersion('conf')} with ${packageVersion('atomically')}`,
  used: '`set` and `store`, its defaults',
  promise:
    'conf: "if the process crashes during a write, it will not corrupt the existing config". atomically: fsync after each write, "increasing the chances" in power outages.',
  async prepare() {
    const program = await bundleProgram(`export { default } from 'conf'`);
    return async (room) => {
      const { default: Store } = room.load(program) as {
        readonly default: typeof Conf<Record<string, string>>;
      };
      const store = new Store({ cwd: '/', configName: 'config' });
      return {
        async set(key, value) {
          store.set(key, value);
        },
        entries: async () => new Map(Object.entries(store.store)),
        async close() {},
      };
    };
  },
};
