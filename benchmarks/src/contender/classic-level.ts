import { ClassicLevel } from 'classic-level';
import type { Contender, Place, Store, Tally } from './contender.js';
import { countRecord } from './count-record.js';
import { GroupCommit } from './group-commit.js';
import { keyOf, offsetOf } from './offset-key.js';
import { KEY_BYTES, type RecordBlock } from './record-block.js';

/** Most entries fetched by one call of an iterator, and most bytes of them. */
const CHUNK = 1000;
const READ_AHEAD = { highWaterMarkBytes: 256 * 1024 };

/** LevelDB. Compression is off, because these values do not compress; everything else is as it comes. */
export const classicLevel: Contender = {
  name: 'classic-level',
  kind: 'peer',
  offers: ['append', 'scanLent', 'scanObjects', 'read', 'follow', 'reopen'],
  open: async (place) => {
    const database = await openDatabase(place);
    let next = await nextOffset(database);
    const options = { sync: place.durable ?? false };
    const commit = async (blocks: readonly RecordBlock[]): Promise<void> => {
      const batch = database.batch();
      for (const { payloads } of blocks) for (const payload of payloads) batch.put(keyOf(next++), payload);
      await batch.write(options);
    };
    const group = new GroupCommit(commit);
    const append: Store['append'] = (block) => {
      if (place.grouped) return group.append(block);
      const [payload] = block.payloads;
      const isSingle = block.payloads.length === 1 && payload !== undefined;
      return isSingle ? database.put(keyOf(next++), payload, options) : commit([block]);
    };
    return storeOf(database, append);
  },
};

type Database = ClassicLevel<Buffer, Buffer>;

async function openDatabase({ directory }: Place): Promise<Database> {
  const encodings = { keyEncoding: 'buffer', valueEncoding: 'buffer' };
  const database: Database = new ClassicLevel(directory, { ...encodings, compression: false });
  await database.open();
  return database;
}

async function nextOffset(database: Database): Promise<number> {
  const [last] = await database.keys({ reverse: true, limit: 1 }).all();
  return last === undefined ? 0 : offsetOf(last) + 1;
}

function storeOf(database: Database, append: Store['append']): Store {
  return {
    append,
    settle: async () => undefined,
    scanLent: () => scanLent(database),
    scanObjects: () => scanObjects(database),
    read: (offset) => {
      const payload = database.getSync(keyOf(offset));
      if (payload === undefined) throw new Error(`no record at offset ${offset}`);
      return payload[KEY_BYTES] ?? 0;
    },
    close: () => database.close(),
  };
}

async function scanLent(database: Database): Promise<Tally> {
  const tally = { records: 0, firstBytes: 0 };
  const iterator = database.values(READ_AHEAD);
  for (let values = await iterator.nextv(CHUNK); values.length > 0; values = await iterator.nextv(CHUNK)) {
    for (const payload of values) tally.firstBytes += payload[KEY_BYTES] ?? 0;
    tally.records += values.length;
  }
  await iterator.close();
  return tally;
}

async function scanObjects(database: Database): Promise<Tally> {
  const tally = { records: 0, firstBytes: 0 };
  const iterator = database.iterator(READ_AHEAD);
  for (let entries = await iterator.nextv(CHUNK); entries.length > 0; entries = await iterator.nextv(CHUNK)) {
    for (const [id, payload] of entries) {
      countRecord(tally, offsetOf(id), payload);
    }
  }
  await iterator.close();
  return tally;
}
