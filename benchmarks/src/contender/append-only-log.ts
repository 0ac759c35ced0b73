import { join } from 'node:path';
import openLog from 'async-append-only-log';
import { answered } from './answered.js';
import type { Contender, Store, Tally } from './contender.js';
import { countRecord } from './count-record.js';
import { KEY_BYTES } from './record-block.js';

const BLOCK_BYTES = 64 * 1024;
const LENGTH_BYTES = 2;

/**
 * The log below the databases of Secure Scuttlebutt. It has no sync and no index, and its appends are written by a timer, so
 * it takes part where logs are scanned and opened.
 */
export const appendOnlyLog: Contender = {
  name: 'async-append-only-log',
  kind: 'peer',
  offers: ['scanLent', 'scanObjects', 'reopen'],
  open: async ({ directory, valueBytes }) => {
    const log = openLog(join(directory, 'log'), { blockSize: BLOCK_BYTES, writeTimeout: 1 });
    await new Promise<void>((resolve) => log.onDrain(resolve));
    return storeOf(log, positionsOf(LENGTH_BYTES + KEY_BYTES + valueBytes));
  },
};

/** Records here are all of one size, so their positions follow from their number. */
function positionsOf(recordBytes: number): (offset: number) => number {
  const perBlock = Math.floor((BLOCK_BYTES - LENGTH_BYTES) / recordBytes);
  return (offset) => Math.floor(offset / perBlock) * BLOCK_BYTES + (offset % perBlock) * recordBytes;
}

function storeOf(log: openLog.Log, positionOf: (offset: number) => number): Store {
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
      const payload = await answered<Buffer>((done) => log.get(positionOf(offset), done));
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
