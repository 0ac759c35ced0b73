import type { JSONFilePreset } from 'lowdb/node';
import { bundleProgram } from '../room/program.js';
import { packageVersion } from './package-version.js';
import type { StoreUnderStudy } from './store-under-study.js';

const FILE = '/db.json';

export const lowdb: StoreUnderStudy = {
  name: 'lowdb with steno',
  version: `${packageVersion('lowdb')} with ${packageVersion('steno')}`,
  used: '`JSONFilePreset`, `db.update` for each set',
  promise:
    'lowdb: "Safe atomic writes". steno: "No partial writes (writes are atomic)". Power loss is not mentioned.',
  async prepare() {
    const program = await bundleProgram(`export { JSONFilePreset } from 'lowdb/node'`);
    return async (room) => {
      const lib = room.load(program) as { readonly JSONFilePreset: typeof JSONFilePreset };
      const db = await lib.JSONFilePreset<Record<string, string>>(FILE, {});
      return {
        set: (key, value) =>
          db.update((data) => {
            data[key] = value;
          }),
        entries: async () => new Map(Object.entries(db.data)),
        async close() {},
      };
    };
  },
};
