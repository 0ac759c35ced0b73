import { answered, type Done } from './answered.js';
import type { Contender, Place, Store, Tally } from './contender.js';
import { countRecord } from './count-record.js';
import { GroupCommit } from './group-commit.js';
import { nativeModule } from './native-module.js';
import { keyOf, offsetOf } from './offset-key.js';
import { KEY_BYTES, type RecordBlock } from './record-block.js';

/** The part of the binding that is used here; it brings no types. */
interface Binding {
  open(options: object, done: Done): void;
  close(done: Done): void;
  put(key: Buffer, value: Buffer, options: object, done: Done): void;
  get(key: Buffer, done: Done<Buffer>): void;
  batch(operations: readonly object[], options: object, done: Done): void;
  iterator(options: object): BindingIterator;
}

interface BindingIterator {
  next(done: (error: Error | null | undefined, key?: Buffer, value?: Buffer) => void): void;
  end(done: Done): void;
}

const open = nativeModule('rocksdb') as ((directory: string) => Binding) | undefined;

/** RocksDB by the binding of the level family. Compression is off, because these values do not compress. */
export const rocksdb: Contender = {
  name: 'rocksdb',
  kind: 'peer',
  offers: ['append', 'scanLent', 'scanObjects', 'read', 'follow', 'reopen'],
  missing: () => (open === undefined ? 'rocksdb has no binary for this system' : undefined),
  open: async (place) => {
    const database = await openDatabase(place);
    let next = await nextOffset(database);
    const options = { sync: place.durable ?? false };
    const commit = (blocks: readonly RecordBlock[]): Promise<void> => {
      const operations: object[] = [];
      for (const { payloads } of blocks) {
        for (const value of payloads) operations.push({ type: 'put', key: keyOf(next++), value });
      }
      return answered((done) => database.batch(operations, options, done));
    };
    const group = new GroupCommit(commit);
    const append: Store['append'] = (block) => {
      if (place.grouped) return group.append(block);
      const [payload] = block.payloads;
      if (block.payloads.length !== 1 || payload === undefined) return commit([block]);
      return answered((done) => database.put(keyOf(next++), payload, options, done));
    };
    return storeOf(database, append);
  },
};

async function openDatabase({ directory }: Place): Promise<Binding> {
  if (open === undefined) throw new Error('rocksdb does not load here');
  const database = open(directory);
  await answered((done) => database.open({ compression: false }, done));
  return database;
}

async function nextOffset(database: Binding): Promise<number> {
  let last = -1;
  await eachEntry(database, { reverse: true, limit: 1 }, (key) => {
    last = offsetOf(key);
  });
  return last + 1;
}

function storeOf(database: Binding, append: Store['append']): Store {
  return {
    append,
    settle: async () => undefined,
    scanLent: () => scanLent(database),
    scanObjects: () => scanObjects(database),
    read: async (offset) => {
      const payload = await answered<Buffer>((done) => database.get(keyOf(offset), done));
      return payload[KEY_BYTES] ?? 0;
    },
    close: () => answered((done) => database.close(done)),
  };
}

async function scanLent(database: Binding): Promise<Tally> {
  const tally = { records: 0, firstBytes: 0 };
  await eachEntry(database, { keys: false }, (_, payload) => {
    tally.records++;
    tally.firstBytes += payload[KEY_BYTES] ?? 0;
  });
  return tally;
}

async function scanObjects(database: Binding): Promise<Tally> {
  const tally = { records: 0, firstBytes: 0 };
  await eachEntry(database, {}, (id, payload) => {
    countRecord(tally, offsetOf(id), payload);
  });
  return tally;
}

async function eachEntry(
  database: Binding,
  options: object,
  visit: (key: Buffer, value: Buffer) => void,
): Promise<void> {
  const iterator = database.iterator({ highWaterMark: 256 * 1024, ...options });
  try {
    await new Promise<void>((resolve, reject) => {
      const step = (): void =>
        iterator.next((error, key, value) => {
          if (error) reject(error);
          else if (key === undefined || value === undefined) resolve();
          else {
            visit(key, value);
            step();
          }
        });
      step();
    });
  } finally {
    await answered((done) => iterator.end(done));
  }
}
