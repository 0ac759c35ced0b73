import type Datastore from '@seald-io/nedb';
import { bundleProgram } from '../room/program.js';
import { packageVersion } from './package-version.js';
import type { StoreUnderStudy } from './store-under-study.js';

interface Pair {
  readonly _id: string;
  readonly value: string;
}

const FILE = '/store.db';

export const nedb: StoreUnderStudy = {
  name: '@seald-io/nedb',
  version: packageVersion('@seald-io/nedb'),
  used: '`updateAsync` with `upsert`, one document for each key',
  promise:
    'README: "persistence uses an append-only format"; `loadDatabaseAsync` restores the last version after a crash in a full write of the file (comments in `storage.js`). Power loss is not mentioned.',
  async prepare() {
    const program = await bundleProgram(`export { default } from '@seald-io/nedb'`);
    return async (room) => {
      const { default: Store } = room.load(program) as { readonly default: typeof Datastore.default };
      const store = new Store<Pair>({ filename: FILE });
      await store.loadDatabaseAsync();
      return {
        async set(_id, value) {
          await store.updateAsync({ _id }, { _id, value }, { upsert: true });
        },
        async entries() {
          const found = await store.findAsync({});
          return new Map(found.map(({ _id, value }) => [_id, value]));
        },
        async close() {},
      };
    };
  },
};
