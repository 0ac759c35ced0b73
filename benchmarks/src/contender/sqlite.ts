import { join } from 'node:path';
import type Database from 'libsql';
import type { Contender, Place, Store, Tally } from './contender.js';
import { countRecord } from './count-record.js';
import { GroupCommit } from './group-commit.js';
import { nativeModule } from './native-module.js';
import { KEY_BYTES, type RecordBlock } from './record-block.js';

const Sqlite = nativeModule('libsql') as typeof Database | undefined;

/** An iterator gives bare memory, a single fetch a Buffer. */
interface Row {
  readonly offset: number;
  readonly payload: ArrayBuffer | Buffer;
}

/**
 * SQLite by the fork that comes with binaries: a table by offset, in WAL mode, with prepared statements and one transaction
 * for each block. Synchronous: the event loop stands still for each.
 */
export const sqlite: Contender = {
  name: 'sqlite',
  kind: 'peer',
  offers: ['append', 'scanLent', 'scanObjects', 'read', 'follow', 'reopen'],
  missing: () => (Sqlite === undefined ? 'libsql has no binary for this system' : undefined),
  open: async (place) => {
    const database = openDatabase(place);
    const insert = database.prepare('insert into records values (?, ?)');
    const last = database.prepare('select max(offset) as last from records').get() as { last: number | null };
    let next = last.last === null ? 0 : last.last + 1;
    const commit = database.transaction((blocks: readonly RecordBlock[]): void => {
      for (const { payloads } of blocks) for (const payload of payloads) insert.run(next++, payload);
    });
    const group = new GroupCommit((blocks) => commit(blocks));
    const append: Store['append'] = async (block) => {
      if (place.grouped) return group.append(block);
      const [payload] = block.payloads;
      if (block.payloads.length === 1) insert.run(next++, payload);
      else commit([block]);
    };
    return storeOf(database, append);
  },
};

function openDatabase({ directory, durable }: Place): Database.Database {
  if (Sqlite === undefined) throw new Error('libsql does not load here');
  const database = new Sqlite(join(directory, 'log.db'));
  database.pragma('journal_mode = WAL');
  database.pragma(`synchronous = ${durable ? 'FULL' : 'OFF'}`);
  database.exec('create table if not exists records (offset integer primary key, payload blob)');
  return database;
}

function storeOf(database: Database.Database, append: Store['append']): Store {
  const one = database.prepare('select offset, payload from records where offset = ?');
  const all = database.prepare('select offset, payload from records order by offset');
  return {
    append,
    settle: async () => undefined,
    scanLent: async () => scan(all.iterate() as IterableIterator<Row>),
    scanObjects: async () => scanObjects(all.iterate() as IterableIterator<Row>),
    read: (offset) => {
      const row = one.get(offset) as Row | undefined;
      if (row === undefined) throw new Error(`no record at offset ${offset}`);
      return bytesOf(row)[KEY_BYTES] ?? 0;
    },
    close: async () => {
      database.close();
    },
  };
}

function scan(rows: IterableIterator<Row>): Tally {
  const tally = { records: 0, firstBytes: 0 };
  for (const row of rows) {
    tally.records++;
    tally.firstBytes += bytesOf(row)[KEY_BYTES] ?? 0;
  }
  return tally;
}

function scanObjects(rows: IterableIterator<Row>): Tally {
  const tally = { records: 0, firstBytes: 0 };
  for (const row of rows) {
    const payload = bytesOf(row);
    countRecord(tally, row.offset, payload);
  }
  return tally;
}

function bytesOf({ payload }: Row): Uint8Array {
  return payload instanceof ArrayBuffer ? new Uint8Array(payload) : payload;
}
