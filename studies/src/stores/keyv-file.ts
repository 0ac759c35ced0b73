import type { KeyvFile } from 'keyv-file';
import { bundleProgram } from '../room/program.js';
import { packageVersion } from './package-version.js';
import type { StoreUnderStudy } from './store-under-study.js';

const FILE = '/keyv.json';

export const keyvFile: StoreUnderStudy = {
  name: 'keyv-file',
  version: packageVersion('keyv-file'),
  used: '`set` and `get` of `KeyvFile`, its defaults',
  promise:
    'README: "batch write to disk in a specific duration"; `await kv.set()` waits "to save to disk" (source). Crashes are not mentioned.',
  async prepare() {
    const program = await bundleProgram(`export { KeyvFile } from 'keyv-file'`);
    return async (room) => {
      const lib = room.load(program) as { readonly KeyvFile: typeof KeyvFile };
      const store = new lib.KeyvFile({ filename: FILE });
      return {
        async set(key, value) {
          await store.set(key, value);
        },
        async entries() {
          const found = new Map<string, string>();
          for (const key of await store.keys()) found.set(key, String(await store.get(key)));
          return found;
        },
        async close() {},
      };
    };
  },
};
