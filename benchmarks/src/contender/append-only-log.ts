import { join } from 'node:path';
import openLog from 'async-append-only-log';
import { answered } from './answered.js';
import type { Contender, Store, Tally } from './contender.js';
import { countRecord } from './count-record.js';
import { KEY_BYTES, PAYLOAD_BYTES } from './record-block.js';

const BLOCK_BYTES = 64 * 1024;
const LENGTH_BYTES = 2;
/** Records here are all of one size, so their positions follow from their number. */
const RECORD_BYTES = LENGTH_BYTES + PAYLOAD_BYTES;
const RECORDS_OF_A_BLOCK = Math.floor((BLOCK_BYTES - LENGTH_BYTES) / RECORD_BYTES);

/**
 * The log below the databases of Secure Scuttlebutt. It has no sync and no index, and its appends are written by a timer, so
 * it takes part where logs are scanned and opened.
 */
export const appendOnlyLog: Contender = {
  name: 'async-append-only-log',
  kind: 'peer',
  offers: ['scanLent', 'scanObjects', 'reopen'],
  open: async ({ directory }) => {
    const log = openLog(join(directory, 'log'), { blockSize: BLOCK_BYTES, writeTimeout: 1 });
    await new Promise<void>((resolve) => log.onDrain(resolve));
    return storeOf(log);
  },
};

function storeOf(log: openLog.Log): Store {
  return {
    append: async ({ payloads }) => {
      await answered((done) => log.append(payloads, done));
      await new Promise<void>((resolve) => log.onDrain(resolve));
    },
    settle: async () => undefined,
    scanLent: () =>
      scan(log, (payload, tally) => {
        tally.records++;
        tally.firstBytes += payload[KEY_BYTES] ?? 0;
      }),
    scanObjects: () =>
      scan(log, (payload, tally) => {
        countRecord(tally, tally.records, payload);
      }),
    read: async (offset) => {
      const block = Math.floor(offset / RECORDS_OF_A_BLOCK);
      const position = block * BLOCK_BYTES + (offset % RECORDS_OF_A_BLOCK) * RECORD_BYTES;
      const payload = await answered<Buffer>((done) => log.get(position, done));
      return payload[KEY_BYTES] ?? 0;
    },
    close: () => answered((done) => log.close(done)),
  };
}

function scan(log: openLog.Log, visit: (payload: Buffer, tally: Tally) => void): Promise<Tally> {
  const tally = { records: 0, firstBytes: 0 };
  return new Promise((resolve, reject) => {
    log.stream({ offsets: false }).pipe({
      paused: false,
      write: (payload) => visit(payload, tally),
      end: (error) => {
        if (error instanceof Error) reject(error);
        else resolve(tally);
      },
    });
  });
}
