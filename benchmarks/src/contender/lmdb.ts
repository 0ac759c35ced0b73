import { open, type PutOptions, type RootDatabase } from 'lmdb';
import type { Contender, Place, Store, Tally } from './contender.js';
import { countRecord } from './count-record.js';
import { GroupCommit } from './group-commit.js';
import { KEY_BYTES, type RecordBlock } from './record-block.js';

/** Offsets are stored in ascending order, so the store may skip the search for their place. */
const APPEND = { append: true };

/** Synchronous transactions: the fastest that it has, at the price of an event loop that stands still for each. */
export const lmdb: Contender = {
  name: 'lmdb',
  kind: 'peer',
  offers: ['append', 'scanLent', 'scanObjects', 'read', 'follow', 'reopen'],
  open: async (place) => {
    const database = openDatabase(place, { overlappingSync: false });
    let next = nextOffset(database);
    const commit = (blocks: readonly RecordBlock[]): void =>
      database.transactionSync(() => {
        for (const { payloads } of blocks) {
          for (const payload of payloads) void database.put(next++, payload, APPEND);
        }
      });
    const group = new GroupCommit(commit);
    return storeOf(
      database,
      place.grouped ? (block) => group.append(block) : async (block) => commit([block]),
    );
  },
};

/** Its default: transactions in a thread of their own, batched by turns of the event loop. */
export const lmdbAsync: Contender = {
  name: 'lmdb async',
  kind: 'peer',
  offers: ['append', 'follow'],
  open: async (place) => {
    const database = openDatabase(place, {});
    let next = nextOffset(database);
    return storeOf(database, async ({ payloads }) => {
      const [first] = payloads;
      if (payloads.length === 1 && first !== undefined) {
        await database.put(next++, first, APPEND);
      } else {
        await database.batch(() => {
          for (const payload of payloads) void database.put(next++, payload, APPEND);
        });
      }
      if (place.durable) await database.flushed;
    });
  },
};

/** Its own types leave out that `put` takes the options of `putSync`. */
interface Database extends RootDatabase<Buffer, number> {
  put(offset: number, payload: Buffer): Promise<boolean>;
  put(offset: number, payload: Buffer, version: number, ifVersion?: number): Promise<boolean>;
  put(offset: number, payload: Buffer, options: PutOptions): Promise<boolean>;
}

function openDatabase(
  { directory, durable }: Place,
  syncing: { readonly overlappingSync?: boolean },
): Database {
  const safety = durable ? syncing : { noSync: true };
  const encodings = { keyEncoding: 'uint32', encoding: 'binary' } as const;
  return open<Buffer, number>({ path: directory, ...encodings, ...safety });
}

function nextOffset(database: Database): number {
  for (const last of database.getKeys({ reverse: true, limit: 1 })) return last + 1;
  return 0;
}

function storeOf(database: Database, append: Store['append']): Store {
  return {
    append,
    settle: async () => undefined,
    scanLent: async () => scanLent(database),
    scanObjects: async () => scanObjects(database),
    read: (offset) => {
      const payload = database.getBinaryFast(offset);
      if (payload === undefined) throw new Error(`no record at offset ${offset}`);
      return payload[KEY_BYTES] ?? 0;
    },
    close: () => database.close(),
  };
}

function scanLent(database: Database): Tally {
  const tally = { records: 0, firstBytes: 0 };
  for (const { value } of database.getRange()) {
    tally.records++;
    tally.firstBytes += value[KEY_BYTES] ?? 0;
  }
  return tally;
}

function scanObjects(database: Database): Tally {
  const tally = { records: 0, firstBytes: 0 };
  for (const { key: offset, value: payload } of database.getRange()) {
    countRecord(tally, offset, payload);
  }
  return tally;
}
